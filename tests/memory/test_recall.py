"""What of an earlier conversation reaches the model: titles and generalised questions, after both said yes."""

import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlmodel import select

from chatbot.conversation import children
from chatbot.conversation.sessions import SESSION_CONTROL
from chatbot.memory.recall import Answer, yes_since
from chatbot.storage.tables import AuditEvent, ChatSession, Turn
from consent import ledger

YES = {"store": True, "personalise": True}
TOPIC, QUESTION = "ERP: What an ERP is", "What is an ERP?"
REMEMBERED = "Earlier conversations"


async def asked(visitor, consents=None, question=QUESTION):
    """Ask one question in a first conversation."""
    await visitor.begin(YES if consents is None else consents)
    assert (await visitor.say(question)).done["status"] == "complete"
    return visitor


async def subject_of(services, visitor):
    async with services.database.reading() as session:
        return (await session.get(ChatSession, visitor.id)).subject_id


async def denied(services):
    """Give every refusal on record, in ids."""
    async with services.database.reading() as session:
        rows = await session.exec(select(AuditEvent).where(AuditEvent.verb == "deny").order_by(AuditEvent.at))
        return [(row.purpose, row.data_class, row.recipient, row.reason) for row in rows]


async def answer(services, visitor, purpose, *, yes, days_ago):
    """Answer for a visitor as if so many days had passed since; the clock travels, the ledger is the real one."""
    async with services.database.transaction() as session:
        kept = await session.get(ChatSession, visitor.id)
        how = ledger.Circumstances(services.notices.best("en"), "DE", SESSION_CONTROL)
        then = datetime.now(UTC) - timedelta(days=days_ago)
        await ledger.record(session, kept.subject_id, {purpose: yes}, how, now=then)


def resealed(services, visitor, **changes):
    """Give the visitor's token with other claims, as only the service itself can make it."""
    claims = services.seals.claims(visitor.token, int(time.time()))
    return services.seals.token(msgspec.structs.replace(claims, **changes))


@pytest.mark.commitment("U2")
async def test_who_said_yes_twice_is_remembered_by_topic_and_question(visitor, site):
    """The model learns what the last conversation was about, and is told that the words are data."""
    await asked(visitor)
    later = await site.come_back(visitor.token)
    await later.say("And what does a CRM do?")
    assert TOPIC in site.told()
    assert f"<visitor_message>\n{QUESTION}\n</visitor_message>" in site.told()
    assert REMEMBERED in site.told()


async def test_the_first_conversation_remembers_nothing(visitor, site):
    """There is nothing before the first one, and this one's own turns are its history already."""
    await asked(visitor)
    await visitor.say("And what does a CRM do?")
    assert REMEMBERED not in site.told()


FRESH = {
    "the first said no to it": ({"store": True}, YES),
    "the second says no to it": (YES, {"store": True}),
    "the first was not stored": ({"personalise": True}, YES),
    "the second is not stored": (YES, {"personalise": True}),
    "nobody said yes to anything": ({}, {}),
}


@pytest.mark.commitment("U2")
@pytest.mark.parametrize("choices", FRESH.values(), ids=FRESH)
async def test_without_both_yeses_every_chat_starts_fresh(visitor, site, choices):
    """Both purposes in both conversations, or nothing of the first reaches the second."""
    first, second = choices
    await asked(visitor, first)
    later = await site.come_back(visitor.token, second)
    await later.say("And what does a CRM do?")
    assert REMEMBERED not in site.told()
    assert TOPIC not in site.told()
    assert QUESTION not in site.told()
    sessions, _ = await site.kept()
    assert len(set(sessions.values())) == len(sessions)


@pytest.mark.commitment("D11", "N12")
@pytest.mark.parametrize("change", [{"minor": True}, {"guardian": "g" * 32}], ids=["minor", "guardian"])
async def test_a_child_is_never_remembered_whatever_the_token_and_the_ledger_say(visitor, site, services, change):
    """The purpose does not exist for children: the gate refuses it, and the refusal is on record."""
    await asked(visitor)
    later = await site.come_back(resealed(services, visitor, **change))
    await later.say("And what does a CRM do?")
    assert REMEMBERED not in site.told()
    assert await denied(services) == [
        ("personalise", "message", "memory", "minor"),
        ("personalise", "preferences", "memory", "minor"),
    ]


@pytest.mark.commitment("D11", "N12")
async def test_a_child_with_a_remembering_past_is_answered_without_it(visitor, site, services):
    """Even a conversation that was joined to an earlier one forgets it when a minor writes."""
    await asked(visitor)
    later = await site.come_back(visitor.token)
    later.token = resealed(services, later, minor=True)
    await later.say("And what does a CRM do?")
    assert REMEMBERED not in site.told()
    assert ("personalise", "message", "memory", "minor") in await denied(services)


@pytest.mark.commitment("U2")
async def test_a_yes_that_ran_out_is_no_yes(visitor, site, services):
    """Expired before coming back: a fresh subject; expired in between: the next reply knows nothing."""
    await asked(visitor)
    later = await site.come_back(visitor.token)
    await later.say("And what does a CRM do?")
    assert REMEMBERED in site.told()
    await answer(services, later, "personalise", yes=True, days_ago=400)
    await later.say("And what does hosting cost?")
    assert REMEMBERED not in site.told()
    last = await site.come_back(visitor.token)
    assert await subject_of(services, last) != await subject_of(services, visitor)
    assert (
        await denied(services)
        == [
            ("personalise", "message", "memory", "no_consent"),
            ("personalise", "preferences", "memory", "no_consent"),
        ]
        * 2
    )


@pytest.mark.commitment("U2")
async def test_a_yes_taken_back_ends_in_the_very_next_reply(visitor, site, services):
    """Nothing of the past is in the reply after the withdrawal; a later yes begins anew and looks back no further."""
    await asked(visitor)
    later = await site.come_back(visitor.token)
    await site.choose(later, personalise=False)
    await later.say("And what does a CRM do?")
    assert REMEMBERED not in site.told()
    await site.choose(later, personalise=True)
    await later.say("And what does hosting cost?")
    assert REMEMBERED not in site.told()
    last = await site.come_back(later.token)
    await last.say("What do you do in automation?")
    assert "hosting cost" in site.told()
    assert QUESTION not in site.told()


async def test_an_older_token_does_not_bring_memory_back(visitor, site):
    """The ledger has the last word over what a token of before the withdrawal still says."""
    await asked(visitor)
    later = await site.come_back(visitor.token)
    old = later.token
    await site.choose(later, personalise=False)
    later.token = old
    await later.say("And what does a CRM do?")
    assert REMEMBERED not in site.told()


@pytest.mark.parametrize("token", ["", "nonsense", "rt1.AAAA"])
async def test_a_token_that_does_not_open_begins_afresh_without_a_word(visitor, site, token):
    """Coming back is an offer, never an obstacle."""
    await asked(visitor)
    await site.come_back(token)
    sessions, _ = await site.kept()
    assert len(set(sessions.values())) == 2


@pytest.mark.parametrize("change", ["secret", "over", "held", "company"])
async def test_a_conversation_that_is_not_the_visitors_any_more_is_not_gone_on_with(visitor, site, services, change):
    """Another secret, an old token, a held conversation, a company's conversation: all begin afresh."""
    await asked(visitor)
    token = visitor.token
    if change == "held":
        await children.hold(services, visitor.id, children.Found("agent", "agent", "1", {}))
    else:
        other = {"secret": {"secret": b"x" * 32}, "over": {"expires": 1}, "company": {"subject_type": "juristic"}}
        token = resealed(services, visitor, **other[change])
    later = await site.come_back(token)
    await later.say("And what does a CRM do?")
    assert REMEMBERED not in site.told()
    sessions, _ = await site.kept()
    assert len(set(sessions.values())) == 2


@pytest.mark.commitment("U2")
async def test_values_of_an_earlier_conversation_reach_neither_model_nor_visitor(visitor, site, model):
    """Not the value, not its placeholder: even a model that repeats the placeholder gets nothing put in its place."""
    await asked(visitor, question="I am at thandi.canary@mail.example. What is an ERP?")
    assert "<EMAIL_ADDRESS_1>" in site.told()
    later = await site.come_back(visitor.token)
    model.will("Your address is <EMAIL_ADDRESS_1>, or [email address].")
    reply = await later.say("And what does a CRM do?")
    assert "I am at [email address]. What is an ERP?" in site.told()
    assert "EMAIL_ADDRESS_1" not in site.told()
    assert "canary" not in f"{model.sent[-1]} {reply.text} {reply.events}"
    assert "\u2039EMAIL_ADDRESS_1\u203a" in reply.text


async def test_the_same_number_in_both_conversations_is_this_ones_value(visitor, site, model):
    """A placeholder that this conversation has too stands for what was said here."""
    await asked(visitor, question="I am at thandi.canary@mail.example. What is an ERP?")
    later = await site.come_back(visitor.token)
    model.will("I wrote to <EMAIL_ADDRESS_1>.")
    reply = await later.say("I am at sipho@mail.example. And what does a CRM do?")
    assert "sipho@mail.example" in reply.text
    assert "canary" not in reply.text


async def test_at_most_five_topics_and_three_questions_latest_first(visitor, site, services):
    """More would be a profile, not a memory."""
    await visitor.begin(YES)
    questions = ["What is an ERP?", "What is a CRM?", "What is a chatbot?", "Do you offer support?"]
    for question in questions:
        await visitor.say(question)
    later = await site.come_back(visitor.token)
    await later.say("And what does hosting cost?")
    places = [site.told().find(f"<visitor_message>\n{question}\n") for question in reversed(questions)]
    assert places[:3] == sorted(places[:3])
    assert min(places[:3]) > 0
    assert places[3] == -1
    topics = next(line for line in site.told().splitlines() if line.startswith("Topics"))
    assert len(topics.removeprefix("Topics, latest first: ").split("; ")) == 5


@pytest.mark.commitment("U2")
async def test_a_reply_follows_up_on_an_earlier_topic(visitor, site, services):
    """A question that points back finds the last conversation's topic, which a fresh chat cannot know."""
    await asked(visitor, question="Can you build us a chatbot?")
    later = await site.come_back(visitor.token)
    fresh = await site.come_back("")
    follow_up = "How does it work?"
    titles = {}
    for each in (later, fresh):
        await each.say(follow_up)
        async with services.database.reading() as session:
            turn = (await session.exec(select(Turn).where(Turn.session_id == each.id))).one()
        titles[each.id] = [citation["title"].split(":")[0] for citation in turn.citations]
    assert set(titles[later.id]) == {"AI chatbots for businesses"}
    assert titles[later.id] != titles[fresh.id]


DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def yes(day, until):
    return Answer(START + day * DAY, START + until * DAY)


def no(day):
    return Answer(START + day * DAY, None)


@pytest.mark.parametrize(
    ("answers", "begun"),
    [
        ([], None),
        ([no(0)], None),
        ([yes(0, 10)], 0),
        ([no(0), yes(3, 10)], 3),
        ([yes(0, 10), no(5)], None),
        ([yes(0, 10), no(5), yes(6, 16)], 6),
        ([yes(0, 10), yes(9, 19)], 0),
        ([yes(0, 10), yes(9, 19), yes(12, 22)], 0),
        ([yes(0, 10), yes(10, 20)], 10),
        ([yes(0, 10), yes(11, 20)], 11),
    ],
)
def test_memory_looks_back_to_the_beginning_of_the_yes_that_never_stopped(answers, begun):
    """A no ends it, a day without a yes ends it, a renewal in time does not."""
    assert yes_since(answers) == (None if begun is None else START + begun * DAY)
