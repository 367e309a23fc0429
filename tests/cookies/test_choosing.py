"""Choices over HTTP: the ledger, the cookie, the filter, the form without JavaScript, the browser's signals."""

import re
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from chatbot.cookies.filter import CookieFilter
from consent import ledger
from consent.tables import ConsentEvent, Subject

HERE = {"Origin": "http://testserver", "Accept-Language": "de-DE,de;q=0.9"}


@pytest.fixture
def settings(make_settings, busy_data):
    return make_settings(data_dir=busy_data)


@pytest.fixture
def choose(client, busy):
    """Send a choice as the banner does."""

    async def send(*categories, headers=None, **more):
        control = {0: "reject_all", 3: "accept_all"}.get(len(categories), "selected")
        body = {"categories": categories, "version": busy.version, "control": control} | more
        return await client.post("/v1/cookies", json=body, headers=HERE if headers is None else headers)

    return send


async def events(services):
    async with services.database.reading() as session:
        found = await session.exec(select(ConsentEvent).order_by(ConsentEvent.seq))
        return found.all()


async def subjects(services):
    async with services.database.reading() as session:
        return (await session.exec(select(Subject))).all()


@pytest.mark.commitment("K7")
async def test_a_yes_is_kept_in_the_ledger_with_words_control_law_and_end(services, choose, busy):
    answer = await choose("analytics")
    kept = await events(services)
    assert {event.purpose: event.granted for event in kept} == {
        "cookies_functional": False,
        "cookies_analytics": True,
        "cookies_marketing": False,
    }
    yes = next(event for event in kept if event.granted)
    assert yes.notice_version == busy.version
    assert yes.text_sha256 == busy.asked("en").text_sha256("cookies_analytics")
    assert (yes.control, yes.method, yes.jurisdiction) == ("cookies:selected", "explicit_click", "DE")
    assert (yes.valid_until - yes.at).days == 180
    assert answer.json()["value"].endswith(yes.subject_id)


async def test_a_plain_no_leaves_nothing_here_and_is_remembered_by_the_visitor_alone(services, choose):
    answer = await choose()
    assert answer.json()["categories"] == []
    assert (await events(services), await subjects(services)) == ([], [])
    cookie = answer.headers["Set-Cookie"]
    assert re.match(r"rousora_choices=1\.-\.\d+\.180\.-\.-; Max-Age=15552000; Path=/; SameSite=lax", cookie)


@pytest.mark.commitment("K11")
async def test_a_withdrawal_goes_to_the_same_subject_and_ends_the_number(services, choose):
    first = (await choose("analytics", "marketing")).json()["value"]
    last = (await choose(before=first)).json()["value"]
    assert last.endswith(".-.-")
    assert len(await subjects(services)) == 1
    kept = await events(services)
    assert [event.event_type for event in kept[3:]] == ["refused", "withdrawn", "withdrawn"]
    async with services.database.reading() as session:
        stands = await ledger.standing(session, kept[0].subject_id, datetime.now(UTC))
        assert set(stands.values()) == {False}
        assert await ledger.verify(session, kept[0].subject_id) == 6


async def test_a_cookie_cannot_write_into_the_ledger_of_a_conversation(services, visitor, choose):
    await visitor.begin({"store": True})
    owner = (await events(services))[0].subject_id
    day = (datetime.now(UTC).date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days
    answer = await choose("analytics", before=f"1.a.{day}.180.9c1f02ab.{owner}")
    assert owner not in answer.json()["value"]
    theirs = {event.purpose for event in await events(services) if event.subject_id == owner}
    assert not {purpose for purpose in theirs if purpose.startswith("cookies_")}


async def test_a_yes_to_an_older_question_is_asked_again_but_a_no_always_counts(choose):
    stale = await choose("analytics", version="0" * 64)
    assert (stale.status_code, stale.json()["code"]) == (409, "consent_stale")
    assert (await choose(version="0" * 64)).status_code == 200


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({"Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, False),
        ({}, False),
    ],
)
async def test_only_pages_of_the_site_choose_in_the_visitors_name(client, headers, taken):
    answer = await client.post("/cookies/settings", data={"control": "accept_all"}, headers=headers)
    assert answer.status_code == (303 if taken else 400)
    assert ("Set-Cookie" in answer.headers) == taken


@pytest.mark.commitment("K13", "K8")
async def test_the_form_works_without_javascript(client, services):
    """One press to accept, one to reject, on one page; the ticked choice is what stands afterwards."""
    page = await client.get("/cookies/settings")
    assert re.findall(r'<button class="cta" name="control" value="(\w+)"', page.text) == [
        "accept_all",
        "reject_all",
        "selected",
    ]
    assert re.findall(r'value="(\w+)" checked', page.text) == ["necessary"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    sent = {"control": "selected", "category": ["analytics", "functional", "invented"]}
    await client.post("/cookies/settings", data=sent, headers=HERE)
    again = await client.get("/cookies/settings?saved=yes")
    assert re.findall(r'value="(\w+)" checked', again.text) == ["necessary", "functional", "analytics"]
    await client.post("/cookies/settings", data={"control": "reject_all"}, headers=HERE)
    assert re.findall(r'value="(\w+)" checked', (await client.get("/cookies/settings")).text) == ["necessary"]
    assert [event.event_type for event in (await events(services))[3:]] == ["withdrawn", "withdrawn", "refused"]


@pytest.mark.commitment("K16")
@pytest.mark.parametrize(
    ("headers", "objects"),
    [
        ([], False),
        ([("Sec-GPC", "1")], True),
        ([("Sec-GPC", "0")], False),
        ([("Sec-GPC", "true")], False),
        ([("Sec-GPC", "1.0")], False),
        ([("Sec-GPC", "0"), ("Sec-GPC", "1")], True),
        ([("DNT", "1")], True),
        ([("DNT", "0")], False),
    ],
)
async def test_signals_of_the_browser_are_read_to_the_letter_and_counted(client, services, headers, objects):
    script = await client.get("/cookies.js", headers=headers)
    assert f'"objects": {str(objects).lower()}' in script.text
    counted = services.metrics.render().decode()
    assert ("chatbot_privacy_signals_total{" in counted) == objects


@pytest.mark.commitment("K4", "U13")
@pytest.mark.parametrize(
    ("years", "categories"),
    [
        (17, ["marketing"]),
        (17, ["analytics", "functional"]),
        (17, ["functional"]),
        (17, []),
        (30, ["marketing", "analytics"]),
    ],
)
async def test_with_a_minors_token_nothing_that_profiles_is_agreed_to(services, visitor, choose, years, categories):
    """A clear problem, and nothing kept of the attempt; what serves everybody can still be chosen."""
    await visitor.begin({}, country="DE", born=f"{datetime.now(UTC).year - years}-07")
    answer = await choose(*categories, headers=HERE | visitor.headers, control="selected")
    refused = years < 18 and {"marketing", "analytics"} & set(categories)
    assert answer.status_code == (403 if refused else 200)
    if refused:
        assert answer.json()["code"] == "not_for_minors"
        assert "Set-Cookie" not in answer.headers
        assert await events(services) == []


@pytest.mark.commitment("H1")
async def test_a_choice_names_the_channel_that_it_came_through(services, client, choose):
    """The banner and the plain form are told apart in the ledger."""
    await choose("functional")
    await client.post("/cookies/settings", data={"control": "accept_all"}, headers=HERE)
    assert {event.source for event in await events(services)} == {"cookies", "form"}


@pytest.mark.commitment("K16")
async def test_a_later_explicit_yes_wins_over_a_signal_and_says_so_in_the_ledger(choose, services):
    answer = await choose("marketing", headers=HERE | {"Sec-GPC": "1", "DNT": "1"})
    assert answer.json()["categories"] == ["marketing"]
    assert {event.control for event in await events(services)} == {"cookies:selected+gpc+dnt"}


@pytest.mark.commitment("S1")
async def test_the_well_known_file_says_that_the_signal_is_honoured_and_no_purpose_sells(client, services):
    answer = await client.get("/.well-known/gpc.json")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert set(answer.json()) == {"gpc", "lastUpdate"}
    assert answer.json()["gpc"] is True
    assert not [
        row.id for row in services.notices.best("en").purposes.purposes if "sale" in row.id or "sell" in row.id
    ]


@pytest.mark.commitment("K6", "H5", "K3", "K5")
@pytest.mark.parametrize(
    ("agreed", "passed"),
    [
        ((), ["rousora_choices"]),
        (("marketing",), ["rousora_choices", "site_ads"]),
        (("functional",), ["rousora_choices", "site_language"]),
        (("analytics",), ["rousora_choices", "_count_id"]),
    ],
)
async def test_the_server_itself_sets_no_cookie_that_is_unknown_or_not_agreed_to(choose, busy, agreed, passed):
    """Whatever a handler tries."""
    value = (await choose(*agreed)).json()["value"] if agreed else "nothing"
    tried = [b"rousora_choices=x", b"_count_id=1; Path=/", b"site_language=af", b"site_ads=1", b"tracker=2"]

    async def app(_scope, _receive, send):
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"Set-Cookie", each) for each in tried]}
        )

    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": [(b"cookie", f"rousora_choices={value}".encode())]}
    await CookieFilter(app, busy)(scope, None, send)
    assert [each.split(b"=")[0].decode() for _, each in sent[0]["headers"]] == passed


async def test_no_page_of_the_site_sets_a_cookie(client):
    for path in ("/", "/privacy", "/acceptable-use", "/cookies", "/cookies/settings", "/cookies.js", "/v1/cookies"):
        assert "Set-Cookie" not in (await client.get(path)).headers
