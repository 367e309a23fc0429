"""Subscribing: nothing before the yes in the mail, one row after it, and an end that is as easy."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from chatbot.storage.tables import Subject
from chatbot.storage.tables.subscriptions import SpentLink, Subscription
from chatbot.subscriptions import choosing, duties
from chatbot.subscriptions.parts import REQUEST_HOURS, Request, Use
from consent.receipt import verify
from consent.tables import ConsentEvent
from tests.subscriptions.conftest import ADDRESS, FORM

JSON = {"email": ADDRESS, "country": "ZA", "born": "1990-07", "purposes": {"updates": True}, "language": "en"}


def micros(seconds=0):
    """Give a moment so many seconds from now, in microseconds since 1970."""
    return int((time.time() + seconds) * 1_000_000)


async def whole(mailbox):
    """Count everything that a subscription could leave."""
    return [len(await mailbox.rows(table)) for table in (Subscription, Subject, ConsentEvent)]


@pytest.mark.commitment("H3", "U5")
async def test_the_boxes_are_apart_and_none_is_ticked(mailbox):
    """Service updates and offers are two questions, both off, in the words of the notice."""
    page = (await mailbox.client.get("/subscribe")).text
    assert page.count('type="checkbox"') == 2
    assert " checked" not in page
    assert 'value="updates"' in page
    assert 'value="marketing"' in page
    assert page.count(" selected") == 0


@pytest.mark.commitment("H3")
async def test_until_the_mail_is_confirmed_there_is_no_row(mailbox):
    """The request travels sealed in the link; opening the link, as a mail scanner does, keeps nothing either."""
    assert "a mail is on its way" in (await mailbox.ask("updates")).text
    [link] = mailbox.links("confirm")
    assert ADDRESS not in link
    for _ in range(3):
        assert "Yes, write to me about this" in (await mailbox.client.get(link)).text
    assert await whole(mailbox) == [0, 0, 0]


@pytest.mark.commitment("H3")
async def test_the_button_in_the_mails_page_keeps_one_yes_by_double_opt_in(mailbox):
    """One event for each purpose that was ticked, with the control, the method, the place, and the words shown."""
    await mailbox.ask("marketing")
    page = await mailbox.confirm()
    assert "From now on we write to you" in page.text
    [event] = await mailbox.rows(ConsentEvent)
    assert (event.purpose, event.event_type, event.control) == ("marketing", "given", "subscribe-confirmed")
    assert (event.method, event.jurisdiction, event.source) == ("double_opt_in", "ZA", "subscription")
    assert event.text_sha256 == mailbox.services.notices.best("en").text_sha256("marketing")
    [row] = await mailbox.rows()
    assert (row.next_end, row.language, row.country) == (event.valid_until, "en", "ZA")


async def test_a_link_pressed_again_changes_nothing_and_a_second_request_adds_to_the_one_row(mailbox):
    """After a double click the page says that it is done, and offers nothing else."""
    await mailbox.subscribed("updates")
    [link] = mailbox.links("confirm")
    for again in (await mailbox.pressed(link), await mailbox.client.get(link)):
        assert (again.status_code, "You have confirmed this already" in again.text) == (200, True)
        assert "/subscribe/manage/" not in again.text
    assert await whole(mailbox) == [1, 1, 1]
    await mailbox.subscribed("marketing", email=ADDRESS.upper())
    assert await whole(mailbox) == [1, 1, 2]
    assert await mailbox.standing() == {"updates": True, "marketing": True}


@pytest.mark.commitment("H3")
@pytest.mark.parametrize("end", ["page", "one click", "last tick"])
async def test_after_a_stop_no_link_of_before_begins_anew(mailbox, end):
    """Neither the one that was used nor one that still waited in the mailbox; a new request works at once."""
    await mailbox.ask("updates")
    [waiting] = mailbox.links("confirm")
    page = await mailbox.subscribed("updates")
    [used] = mailbox.links("confirm")
    desk = mailbox.services.subscriptions
    if end == "one click":
        stop = desk.make_pass(desk.lookup(ADDRESS), Use.STOP, "updates")
        await mailbox.client.post(f"/subscribe/stop/{stop}")
    else:
        await mailbox.press(page, act="stop" if end == "page" else "save")
    for link in (waiting, used):
        assert (await mailbox.client.get(link)).status_code == 404
        assert (await mailbox.pressed(link)).status_code == 404
    assert await mailbox.rows() == []
    await mailbox.subscribed("updates")
    assert await mailbox.standing() == {"updates": True}


async def test_a_newer_confirmation_makes_the_links_before_it_useless(mailbox):
    """What was asked for last and confirmed is what holds."""
    await mailbox.ask("updates", "marketing")
    [older] = mailbox.links("confirm")
    await mailbox.subscribed("updates")
    assert (await mailbox.client.get(older)).status_code == 404
    assert (await mailbox.pressed(older)).status_code == 404
    assert await mailbox.standing() == {"updates": True}


async def test_which_links_are_used_up_is_known_for_two_days_by_a_mark_alone(mailbox, services):
    """The mark is not the hash by which a subscription is found, and goes when no such link works any more."""
    page = await mailbox.subscribed("updates")
    await mailbox.press(page, act="stop")
    [row] = await mailbox.rows(SpentLink)
    assert row.mark != services.subscriptions.lookup(ADDRESS)
    for hours, left in ((47, 1), (49, 0)):
        await duties.sweep(services.subscriptions, datetime.now(UTC) + timedelta(hours=hours))
        assert len(await mailbox.rows(SpentLink)) == left


@pytest.mark.parametrize(
    "changed",
    [{"year": "2015"}, {"year": "2009"}, {"country": "DE", "year": "2012"}, {"country": "ZZ", "year": "2010"}],
)
async def test_under_age_the_answer_is_the_same_and_nothing_happens(mailbox, changed):
    """No row, no mail, and not a word of difference; under 18 nobody is written to, whatever the law lets them do."""
    adult = await mailbox.ask("updates", "marketing", email="other@mail.example")
    child = await mailbox.ask("updates", "marketing", **changed)
    assert (child.status_code, child.text) == (adult.status_code, adult.text)
    assert mailbox.sink.recipients == ["other@mail.example"]
    assert await whole(mailbox) == [0, 0, 0]


async def test_no_answer_tells_whether_an_address_is_known(mailbox):
    """Known or not, asked for too often or not: the same status and the same words, by page and by interface."""
    await mailbox.subscribed("updates")
    asked = [
        await mailbox.client.post("/v1/subscriptions", json=JSON | {"email": each}) for each in ("a@b.de", ADDRESS)
    ]
    lost = [await mailbox.client.post("/subscribe/manage", data={"email": each}) for each in ("a@b.de", ADDRESS)]
    for one, other in (asked, lost):
        assert (one.status_code, one.text) == (other.status_code, other.text)
    assert asked[0].status_code == 202
    many = [await mailbox.client.post("/v1/subscriptions", json=JSON) for _ in range(4)]
    assert {(each.status_code, each.text) for each in many} == {(202, asked[0].text)}
    assert mailbox.sink.recipients.count(ADDRESS) == 3, "an address gets a few mails an hour and no more"


async def test_the_way_back_is_mailed_to_a_known_address_only(mailbox):
    """A page that was lost is found again through the mailbox."""
    await mailbox.subscribed("updates")
    before = len(mailbox.sink.messages)
    await mailbox.client.post("/subscribe/manage", data={"email": "nobody@mail.example"})
    assert len(mailbox.sink.messages) == before
    await mailbox.client.post("/subscribe/manage", data={"email": ADDRESS})
    assert "What we may write to you about" in (await mailbox.client.get(mailbox.links("manage")[0])).text


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"email": "nobody"}, "email", "Write one e-mail address"),
        ({"email": "a@b.de\r\nBcc: x@y.de"}, "email", "Write one e-mail address"),
        ({"country": ""}, "country", "Choose your country"),
        ({"year": "90"}, "born", "four digits"),
        ({"month": ""}, "born", "Choose the month"),
        ({"year": "2999"}, "born", "four digits"),
        ({"purpose": []}, "purposes", "Tick at least one"),
        ({"purpose": ["store"]}, "purposes", "Tick at least one"),
    ],
)
async def test_what_cannot_be_used_is_told_and_the_rest_stays_in_the_form(mailbox, changed, field, words):
    """The form comes back with everything in it but the month of birth; nothing is sent."""
    page = await mailbox.ask("updates", **changed)
    assert page.status_code == 400
    assert words in page.text
    assert f'id="wrong-{field}"' in page.text
    if field != "email":
        assert f'value="{ADDRESS}"' in page.text
    assert '"1990"' not in page.text
    assert mailbox.sink.messages == []


@pytest.mark.parametrize("field", ["email", "born", "purposes"])
async def test_the_interface_names_the_field_and_repeats_nothing(mailbox, field):
    """A problem document; what was sent is not in it."""
    wrong = {"email": "canary at mail", "born": "1990-77", "purposes": {"sale": True}}[field]
    answer = await mailbox.client.post("/v1/subscriptions", json=JSON | {field: wrong})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert "canary" not in answer.text
    assert "sale" not in answer.text


async def test_a_link_works_for_two_days_and_only_unchanged(mailbox):
    """An old link, a changed one, and one for another use open nothing."""
    desk = mailbox.services.subscriptions
    old = Request(ADDRESS, "en", "ZA", ("updates",), "rule", micros(-REQUEST_HOURS * 3600))
    gone = Request(ADDRESS, "en", "ZA", ("updates", "a_purpose_of_before"), "rule", micros())
    stop = desk.make_pass(desk.lookup(ADDRESS), Use.STOP)
    links = [f"confirm/{desk.seal_request(each)}" for each in (old, gone)]
    for path in (*links, "confirm/abc", f"manage/{stop}", f"confirm/{stop}", "stop/abc"):
        assert (await mailbox.client.get(f"/subscribe/{path}")).status_code == 404
        assert (await mailbox.client.post(f"/subscribe/{path}")).status_code == 404
    assert await whole(mailbox) == [0, 0, 0]


async def test_a_yes_to_other_words_is_asked_for_again(mailbox):
    """Between the mail and the button the notice may change; then the page comes back and says so."""
    await mailbox.ask("updates")
    [link] = mailbox.links("confirm")
    answer = await mailbox.client.post(link, data={"version": "older"})
    assert answer.status_code == 409
    assert "read them again" in answer.text
    assert await whole(mailbox) == [0, 0, 0]


@pytest.mark.commitment("H3")
async def test_the_page_changes_each_choice_and_shows_every_answer(mailbox):
    """Giving and taking back are one box and one button; the history names each answer."""
    page = await mailbox.subscribed("updates", "marketing")
    changed = await mailbox.press(page, act="save", purpose=["updates"])
    assert "Your choices are saved." in changed.text
    assert await mailbox.standing() == {"updates": True, "marketing": False}
    assert "taken back" in changed.text
    assert changed.text.count(" checked") == 1
    assert ADDRESS not in changed.text, "a forwarded link tells nobody whose it is"


async def test_saving_again_renews_a_yes(mailbox):
    """What is ticked is answered anew, so that it holds from that day on."""
    page = await mailbox.subscribed("updates")
    [before] = await mailbox.rows()
    await mailbox.press(page, act="save", purpose=["updates"])
    [after] = await mailbox.rows()
    assert after.next_end > before.next_end
    assert [kind for _, kind in await mailbox.events()] == ["given", "given"]


@pytest.mark.commitment("H3")
@pytest.mark.parametrize("act", [{"act": "save"}, {"act": "stop"}])
async def test_without_any_yes_the_address_is_destroyed_at_once(mailbox, act):
    """The row goes; the ledger stays, with the withdrawal in it, and the old links open nothing."""
    page = await mailbox.subscribed("updates", "marketing")
    ended = await mailbox.press(page, **act)
    assert "Your address is destroyed." in ended.text
    assert await whole(mailbox) == [0, 1, 4]
    assert [kind for _, kind in await mailbox.events()] == ["given", "given", "withdrawn", "withdrawn"]
    assert (await mailbox.client.get(page)).status_code == 404


async def test_a_request_without_a_button_changes_nothing(mailbox):
    """Only what the page offers is done."""
    page = await mailbox.subscribed("updates")
    assert (await mailbox.press(page, act="sell")).status_code == 400
    assert (await mailbox.client.post(page, data={"act": "save", "version": "older"})).status_code == 409
    assert await mailbox.standing() == {"updates": True}


@pytest.mark.commitment("D3")
async def test_the_receipt_is_signed_and_says_how_to_take_it_back(mailbox):
    """It verifies with the published key, names the double opt-in, and holds no address."""
    page = await mailbox.subscribed("updates")
    receipt = (await mailbox.client.get(f"{page}/receipt")).json()
    verify(receipt, trusted=mailbox.services.receipts.published()["public_key"])
    [row] = receipt["processing"]
    assert row["collection_method"] == "double_opt_in on subscribe-confirmed"
    assert "one click on stop" in row["withdrawal_method"]
    party, [controller] = mailbox.services.notices.best("en").party, receipt["pii_controllers"]
    assert controller["party_name"] == party.name
    assert controller["information_officer"] == party.information_officer.name
    assert party.eu_representative.email in controller["eu_representative"]
    assert ADDRESS not in str(receipt)


@pytest.mark.parametrize(("language", "words"), [("af", "Nuus per e-pos"), ("de", "Nachrichten per E-Mail")])
async def test_pages_and_mails_speak_the_visitors_language(mailbox, language, words):
    """From the form to the mail and the page behind it."""
    page = await mailbox.client.get("/subscribe", headers={"Accept-Language": language})
    assert words in page.text
    assert f'<html lang="{language}"' in page.text
    sent = await mailbox.client.post(f"/subscribe?language={language}", data=FORM | {"purpose": ["updates"]})
    assert sent.status_code == 200
    title = mailbox.services.notices.best(language).words.purposes["updates"].title
    assert title in mailbox.sink.texts[-1].replace("\n", " ")
    await mailbox.confirm()
    assert (await mailbox.rows())[0].language == language
    assert title in (await mailbox.client.get(mailbox.page())).text


async def test_pages_with_a_key_in_their_address_run_no_script_and_are_kept_nowhere(mailbox):
    """What is in such an address may not reach anybody else's page or a cache."""
    page = await mailbox.subscribed("updates")
    for answer in (await mailbox.client.get(page), await mailbox.ask("updates", email="")):
        assert "<script" not in answer.text
        assert "script-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "set-cookie" not in answer.headers


async def test_stopping_what_is_over_already_stays_over(mailbox, services):
    """A click on a link of long ago is no error."""
    await mailbox.subscribed("updates")
    desk = services.subscriptions
    lookup = desk.lookup(ADDRESS)
    assert await choosing.stop(desk, lookup) is False
    assert await choosing.stop(desk, lookup) is False
    stop = f"/subscribe/stop/{desk.make_pass(lookup, Use.STOP, 'updates')}"
    assert "Your address is destroyed." in (await mailbox.client.post(stop)).text


@pytest.mark.commitment("H3")
async def test_each_act_on_an_address_is_on_record_once(mailbox, services):
    """Collected, changed, destroyed: one entry each, in the subject's own chain."""
    from chatbot.consents import auditing

    page = await mailbox.subscribed("updates", "marketing")
    [row] = await mailbox.rows()
    await mailbox.press(page, act="save", purpose=["updates"])
    await mailbox.press(page, act="stop")
    async with services.database.reading() as session:
        acts = [(each.fact.verb, each.fact.data_class) for each in await auditing.read(session, row.subject_id)]
    assert acts == [("collect", "contact"), ("modify", "contact"), ("destroy", "contact")]


class TestWithoutMail:
    """A site without a mail server offers nothing and says so."""

    @pytest.fixture
    def settings(self, make_settings):
        """Settings as they come: no mail server."""
        return make_settings()

    async def test_the_page_says_so_and_has_no_form(self, client):
        """No field that would lead nowhere."""
        for path in ("/subscribe", "/subscribe/manage"):
            page = (await client.get(path)).text
            assert "This site sends no e-mail" in page
            assert "<input" not in page

    async def test_the_interface_says_so(self, client):
        """With a code of its own."""
        answer = await client.post("/v1/subscriptions", json=JSON)
        assert (answer.status_code, answer.json()["code"]) == (503, "mail_unavailable")


async def test_a_look_alike_address_neither_finds_nor_takes_over_a_subscription(mailbox):
    """Strasse and straße are two people's: neither page, nor history, nor the sealed address goes to the other."""
    mine, other = "jo@strasse.example", "jo@straße.example"
    await mailbox.subscribed("updates", email=mine)
    before = len(mailbox.sink.messages)
    assert (await mailbox.client.post("/subscribe/manage", data={"email": other})).status_code == 200
    assert len(mailbox.sink.messages) == before
    desk = mailbox.services.subscriptions
    link = desk.seal_request(Request(other, "en", "ZA", ("marketing",), "rule", micros()))
    await mailbox.press(f"/subscribe/confirm/{link}")
    assert {desk.reveal(row.id, row.address) for row in await mailbox.rows()} == {mine, other}


async def test_a_lost_page_goes_to_the_address_that_was_confirmed(mailbox):
    """Whoever asks may write it in capitals; the mail goes where the yes came from."""
    await mailbox.subscribed("updates")
    await mailbox.client.post("/subscribe/manage", data={"email": ADDRESS.upper()})
    assert mailbox.sink.recipients[-1] == ADDRESS


class TestManyTimes:
    """One link, pressed for ever."""

    @pytest.fixture
    def settings(self, make_settings, sink):
        """A site where a page takes three answers a day."""
        where = {"smtp_host": "127.0.0.1", "smtp_port": sink.port, "public_url": "http://127.0.0.1:1"}
        return make_settings(message_limit="3/day", **where)

    async def test_the_ledger_does_not_grow_with_every_press_but_the_end_is_never_refused(self, mailbox):
        """The links work without any login, so their answers are counted; stopping always works."""
        page = await mailbox.subscribed("updates")
        said = [(await mailbox.press(page, act="save", purpose=["updates"])).status_code for _ in range(4)]
        assert said == [200, 200, 429, 429]
        assert len(await mailbox.events()) == 3
        assert (await mailbox.press(page, act="stop")).status_code == 200
        assert await mailbox.rows() == []
