"""Replies and their events: followed from anywhere, pinged when quiet, one at a time, let finish at the end."""

import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.conversation import reply as reply_module
from chatbot.conversation.events import Event, EventId, after, token
from chatbot.conversation.reply import Replies, Reply
from chatbot.errors import InvalidRequest, Overloaded, TurnInProgress

TEXT = "Dear Thandi, we write to thandi@mail.example."


def a_reply(session="s"):
    return Reply(session, 1, b"k", b"f")


def tokens(cuts):
    """Cut the text into token events at the given places."""
    places = [0, *sorted(set(cuts)), len(TEXT)]
    return [token(TEXT[begin:end], begin) for begin, end in itertools.pairwise(places) if begin < end]


async def read(reply, last=None):
    return [event async for event in reply.follow(last)]


@given(cuts=st.lists(st.integers(1, len(TEXT) - 1)), place=st.integers(0, len(TEXT)))
def test_from_any_character_on_the_rest_of_the_text_follows_exactly(cuts, place):
    rest = [after(event, 1, EventId(1, 3, place)) for event in tokens(cuts)]
    assert "".join(event.data["text"] for event in rest if event) == TEXT[place:]


@given(st.integers(0, 999_999), st.integers(0, 9), st.integers(0, 999_999))
def test_an_id_reads_back_as_it_was_written(turn, phase, offset):
    assert EventId.parse(str(EventId(turn, phase, offset))) == (turn, phase, offset)


@pytest.mark.parametrize("text", ["", "1", "1-2", "1-2-3-4", "a-b-c", "1-22-3", "-1-2-3", "１-2-3", " 1-2-3"])
def test_any_other_text_is_no_id(text):
    with pytest.raises(InvalidRequest):
        EventId.parse(text)


async def test_several_listeners_hear_everything_from_the_beginning():
    reply = a_reply()
    early = asyncio.create_task(read(reply))
    for event in tokens([5, 9]):
        reply.publish(event)
        await asyncio.sleep(0)
    reply.finish()
    late = await read(reply)
    assert await early == late == tokens([5, 9])


async def test_a_quiet_reply_is_pinged(monkeypatch):
    monkeypatch.setattr(reply_module, "PING_SECONDS", 0.01)
    reply = a_reply()
    listener = reply.follow()
    assert await anext(listener) is None
    reply.finish()
    assert [event async for event in listener if event] == []


async def test_however_many_words_are_followed_no_task_is_made_for_one():
    reply, made, loop = a_reply(), [], asyncio.get_running_loop()
    loop.set_task_factory(
        lambda loop, coroutine, **given: made.append(1) or asyncio.Task(coroutine, loop=loop, **given)
    )
    listening = asyncio.create_task(read(reply))
    for event in tokens(range(1, 20)):
        reply.publish(event)
        await asyncio.sleep(0)
    reply.finish()
    assert len(await listening) == 20
    assert len(made) == 1
    loop.set_task_factory(None)


async def test_one_turn_at_a_time_in_a_session():
    replies = Replies(limit=5)
    with replies.claim("s"), pytest.raises(TurnInProgress), replies.claim("s"):
        pass
    with replies.claim("s"):
        pass


async def test_no_more_replies_than_the_limit():
    replies = Replies(limit=1)
    with replies.claim("one"), pytest.raises(Overloaded), replies.claim("two"):
        pass


async def test_at_the_end_open_replies_finish_and_late_ones_are_cut_off():
    replies = Replies(limit=5)

    async def quick(reply):
        await asyncio.sleep(0.05)
        reply.publish(Event("done", {}))

    async def endless(reply):
        await asyncio.sleep(60)

    first, second = replies.start(a_reply("one"), quick), replies.start(a_reply("two"), endless)
    await replies.drain(0.5)
    assert [event.kind for event in await read(first)] == ["done"]
    assert second.finished_at is not None


async def test_a_finished_reply_is_forgotten_after_a_while(monkeypatch):
    monkeypatch.setattr(reply_module, "KEEP_SECONDS", 0)
    replies = Replies(limit=5)

    async def write(_reply):
        """Say nothing."""

    await replies.start(a_reply(), write).task
    await asyncio.sleep(0.01)
    assert replies.of("s") is None
