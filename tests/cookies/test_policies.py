"""Policies: dated from their version, every version kept, and any two comparable."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from chatbot.consents.policies import Policies, PolicyProposal
from chatbot.consents.publishing import settle
from chatbot.errors import NotFound
from chatbot.policies import Draft, Text, difference
from consent.data import DataError

FIRST = Text("Privacy", date(2026, 1, 5), "# Privacy\n\nWe keep messages for ten days.\n\n- one\n- two\n")
SECOND = Text("Privacy", date(2026, 3, 9), "# Privacy\n\nWe keep messages for five days.\n\n- one\n- three\n\nNew.\n")


@pytest.fixture
def keep(services):
    """Enter a rewording of a policy of its own, as a start on that day does; gives the policies after it."""

    async def enter(text, on, policy="terms", *, announced=False):
        draft = Draft(text, announced=announced)
        proposal = PolicyProposal(policy, draft, services.notices)
        await settle(services.database, proposal, datetime(on.year, on.month, on.day, tzinfo=UTC))
        await services.editions.refresh(services.database)
        return Policies({policy: draft}, services.editions)

    return enter


@pytest.fixture
async def published(keep):
    """A policy of which there are two editions."""
    await keep(FIRST, date(2026, 1, 6))
    return await keep(SECOND, date(2026, 3, 10))


@pytest.mark.commitment("W5")
async def test_every_version_stays_retrievable_under_its_hash(published):
    new, old = published.editions("terms")
    assert (old.text, old.since, new.text, new.since) == (FIRST, date(2026, 1, 6), SECOND, date(2026, 3, 10))
    assert published.read("terms", old.version) == old
    assert published.current["terms"] == new


async def test_the_same_text_is_kept_once_and_keeps_its_first_day(published, keep):
    again = await keep(SECOND, date(2026, 10, 1))
    assert again.current == published.current
    assert len(again.editions("terms")) == 2


@pytest.mark.commitment("W5")
async def test_an_edition_can_be_neither_altered_nor_taken_away(published, services):
    """The database refuses it; and what was altered below it is noticed by its name."""
    for change in ("UPDATE notice_edition SET version = version", "DELETE FROM notice_edition"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with services.database.transaction() as session:
                await (await session.connection()).execute(sql(change))
    row = services.editions.of("terms")[0]
    row.content = row.content | {"body": row.content["body"].replace("ten", "two")}
    with pytest.raises(DataError, match="was altered"):
        Policies({"terms": Draft(SECOND)}, services.editions).read("terms", row.version)


@pytest.mark.commitment("W2", "A25")
async def test_words_cannot_change_without_a_new_date(published, keep):
    with pytest.raises(DataError, match="last_updated"):
        await keep(SECOND._replace(body="Other words."), date(2026, 4, 1))
    await keep(SECOND._replace(body="Other words.", updated=date(2026, 4, 1)), date(2026, 4, 1))


async def test_an_earlier_release_on_another_machine_still_starts(published, keep):
    """Its text is known, so its old date is right; what is in force stays in force."""
    after = await keep(FIRST, date(2026, 4, 1), announced=True)
    assert after.current == published.current


@pytest.mark.parametrize("version", ["0" * 16, "../../secret", "..", ""])
async def test_there_is_nothing_beside_the_editions(published, version):
    with pytest.raises(NotFound):
        published.read("terms", version)


@pytest.mark.commitment("W4")
async def test_a_difference_shows_changed_words_new_and_lost_paragraphs(published):
    new, old = published.editions("terms")
    shown = [[(kind, text) for kind, text in parts if kind != "same"] for parts in difference(old, new)]
    assert shown[0] == [("removed", "ten"), ("added", "five")]
    assert ("added", "New.") in [part for parts in shown for part in parts]
    assert list(difference(new, new)) == []


@pytest.mark.commitment("W2", "W4", "W5", "A25")
@pytest.mark.parametrize("policy", ["privacy", "acceptable-use", "cookies"])
async def test_each_policy_page_carries_its_date_and_leads_to_its_versions(client, services, policy):
    page = (await client.get(f"/{policy}")).text
    current = services.policies.current[policy]
    assert f'Last updated: <time datetime="{current.text.updated}">' in page
    assert f'href="/{policy}/versions"' in page
    listed = (await client.get(f"/{policy}/versions")).text
    links = re.findall(rf'href="(/policies/{policy}/\w+)"', listed)
    assert links == [f"/policies/{policy}/{current.version}"]
    assert (await client.get(links[0])).status_code == 200
    same = await client.get(f"/policies/{policy}/difference?from={current.version}&to={current.version}")
    assert "The words are the same" in same.text


@pytest.mark.commitment("W4")
async def test_the_difference_page_marks_changes_and_escapes_them(services, client, keep):
    """Between any two versions; without the older one, since the version before."""
    current = services.policies.current["privacy"]
    text = Text(current.text.title, date(2030, 1, 1), "# Privacy Policy\n\n<script>alert(1)</script> is here.\n")
    await keep(text, datetime.now(UTC).date(), "privacy")
    new = services.policies.current["privacy"]
    assert new.text == text
    for query in (f"from={current.version}&to={new.version}", f"to={new.version}"):
        page = (await client.get(f"/policies/privacy/difference?{query}")).text
        assert "<ins>&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<del>" in page
    listed = (await client.get("/privacy/versions")).text
    assert listed.index("2030-01-01") < listed.index(str(current.text.updated))
    assert "not the current version" in (await client.get(f"/policies/privacy/{current.version}")).text


@pytest.mark.commitment("K13")
async def test_every_page_links_to_policies_and_cookie_settings(client, services):
    """A crawler from the landing page: each page of ours that it reaches has the footer."""
    waiting, seen = ["/", "/help/company"], set()
    while waiting:
        path = waiting.pop()
        answer = await client.get(path)
        if path in seen or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        seen.add(path)
        for link in ("/privacy", "/acceptable-use", "/cookies", "/cookies/settings"):
            assert f'<a href="{link}"' in answer.text, path
        waiting += [found for found in re.findall(r'<a [^>]*href="(/[^"#?]*)"', answer.text) if found not in seen]
    assert {"/", "/privacy", "/cookies", "/cookies/settings", "/privacy/versions"} <= seen
