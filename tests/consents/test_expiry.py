"""A yes runs out by the law of the place: told before, asked again after, and silence means no."""

import pytest
from sqlalchemy import text as sql

YES = {"store": True}
REFUSALS = "SELECT purpose, verb, reason FROM audit_event WHERE verb = 'deny'"


async def refusals(services):
    async with services.database.reading() as session:
        rows = await (await session.connection()).execute(sql(REFUSALS))
        return rows.fetchall()


def reminders(answer):
    return [data for data in answer.of("notice") if data["code"] == "consent_expiring"]


@pytest.mark.commitment("K10")
@pytest.mark.parametrize(("days", "status"), [(179, 200), (180, 403), (181, 403), (366, 403)])
async def test_a_german_yes_holds_for_180_days_and_silence_ends_it(
    visitor, services, answered_long_ago, days, status
):
    await visitor.begin(YES)
    await answered_long_ago(visitor, YES, days)
    answer = await visitor.say("Do you set up CRM?")
    assert answer.status == status
    if status == 403:
        assert (answer.problem["code"], answer.problem["purpose"]) == ("consent_required", "store")
        assert await refusals(services) == [("store", "deny", "no_consent")]
        standing = await visitor.client.get("/v1/me/consents", headers=visitor.headers)
        assert standing.json()["consents"]["store"] is False


async def test_an_expired_yes_is_given_again_and_the_conversation_goes_on(visitor, answered_long_ago):
    await visitor.begin(YES)
    await visitor.say("I am Thandi Nkosi. Do you set up CRM?")
    await answered_long_ago(visitor, YES, 181)
    version = (await visitor.client.get("/v1/notice")).json()["version"]
    body = {"consents": YES, "notice_version": version}
    changed = await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)
    visitor.token = changed.json()["token"]
    assert "Thandi Nkosi" in (await visitor.say("What is my name?")).text


@pytest.mark.parametrize(("days", "reminded"), [(165, 0), (166, 1), (179, 1)])
async def test_fourteen_days_before_the_end_a_reminder_comes_once(visitor, answered_long_ago, days, reminded):
    await visitor.begin(YES)
    await answered_long_ago(visitor, YES, days)
    first, second = [await visitor.say("Do you set up CRM?") for _ in range(2)]
    assert (len(reminders(first)), len(reminders(second))) == (reminded, 0)
    if reminded:
        assert reminders(first)[0]["valid_until"][:10] in reminders(first)[0]["message"]


async def test_the_events_stay_in_order_with_a_reminder(visitor, answered_long_ago):
    await visitor.begin(YES)
    await answered_long_ago(visitor, YES, 170)
    places = [tuple(map(int, id_.split("-"))) for id_ in (await visitor.say("Do you set up CRM?")).ids]
    assert places == sorted(set(places))
