"""A reply that does not end is told apart from one that does, in the words of each provider's package."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.messages import AIMessageChunk
from support.remembering_model import RememberingModel

from chatbot.llm.config import AnswererConfig
from chatbot.llm.ending import Ending, ending
from chatbot.llm.errors import ModelRefused, ModelUnavailable
from chatbot.llm.prompts import Prompts
from chatbot.llm.provider import LONGEST_REPLY, Door, ProviderAnswerer

DATA = Path(__file__).resolve().parents[2] / "data"


class EndingModel(RememberingModel):
    """Streams text, then an empty piece that says why it ended; None: it says nothing."""

    async def _astream(self, messages, *arguments, **options):
        *pieces, reason = self._scripts.pop(0)
        self._scripts.insert(0, tuple(pieces))
        async for chunk in super()._astream(messages, *arguments, **options):
            yield chunk
        if reason is not None:
            last = AIMessageChunk(content="", response_metadata={"finish_reason": reason})
            yield chunk.model_copy(update={"message": last})


@pytest.fixture
def model():
    return EndingModel()


@pytest.fixture
def build(model, embedded):
    async def close():
        """Nothing is open."""

    def make(*, tells_end=True, base_url=""):
        config = AnswererConfig(DATA / "prompts", model="test:model", company="Rousora", retries=0, base_url=base_url)
        door = Door("own-machine", "ZA", abroad=False, check=lambda: None, close=close, tells_end=tells_end)
        return ProviderAnswerer(model, Prompts.read(DATA / "prompts"), config, door, embedded)

    return make


async def told(answerer, ask):
    """Collect a reply, and the codes that its visitor hears."""
    codes = []
    text = "".join([piece async for piece in answerer.stream(ask("x y", notify=codes.append))])
    return text, codes


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, Ending.MISSING),
        ({"finish_reason": None}, Ending.MISSING),
        ({"model_name": "x"}, Ending.MISSING),
        ({"finish_reason": "stop"}, Ending.WHOLE),
        ({"finish_reason": "STOP"}, Ending.WHOLE),
        ({"finish_reason": "FinishReason.STOP"}, Ending.WHOLE),
        ({"stop_reason": "end_turn"}, Ending.WHOLE),
        ({"done": True, "done_reason": "stop"}, Ending.WHOLE),
        ({"finish_reason": "length"}, Ending.CUT),
        ({"stop_reason": "max_tokens"}, Ending.CUT),
        ({"done_reason": "length"}, Ending.CUT),
        ({"finish_reason": "MAX_TOKENS"}, Ending.CUT),
        ({"finish_reason": "content_filter"}, Ending.WITHHELD),
        ({"stop_reason": "refusal"}, Ending.WITHHELD),
        ({"finish_reason": "SAFETY"}, Ending.WITHHELD),
    ],
)
def test_each_package_tells_the_end_in_its_own_words(metadata, expected):
    """OpenAI and those like it, Anthropic, Ollama and Google are read alike."""
    assert ending(AIMessageChunk(content="", response_metadata=metadata)) is expected


async def test_a_reply_with_an_end_is_whole(model, build, ask):
    """The usual case tells the visitor nothing."""
    model.will("All of it.", "stop")
    assert await told(build(), ask) == ("All of it.", [])


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_a_reply_that_was_cut_says_so(model, build, ask, reason):
    """A limit of length, or a provider's own filter, ends a reply before its end: the visitor is told."""
    model.will("Half of", reason)
    assert await told(build(), ask) == ("Half of", ["reply_cut"])


async def test_a_reply_that_ends_politely_without_a_reason_broke_off(model, build, ask):
    """A connection that closes in the middle looks like an end; it is an error, as a loud one is."""
    model.will("Half of", None)
    with pytest.raises(ModelUnavailable, match="broke off") as caught:
        await told(build(), ask)
    assert caught.value.partial


async def test_a_server_of_the_owners_choosing_is_believed_until_it_has_told_an_end(model, build, ask):
    """A server that never tells an end stays usable, with a word to the visitor; one that did is held to it."""
    answerer = build(base_url="http://127.0.0.1:9/v1")
    model.will("Perhaps all.", None)
    assert await told(answerer, ask) == ("Perhaps all.", ["reply_cut"])
    model.will("All of it.", "stop")
    assert await told(answerer, ask) == ("All of it.", [])
    model.will("Half of", None)
    with pytest.raises(ModelUnavailable, match="broke off"):
        await told(answerer, ask)


async def test_a_package_that_tells_no_end_is_not_judged_by_it(model, build, ask):
    """Of an unknown package nobody knows what its silence means."""
    model.will("All of it.", None)
    assert await told(build(tells_end=False), ask) == ("All of it.", [])


async def test_a_providers_veto_before_the_first_word_is_not_asked_again(model, build, ask):
    """The same question would get the same veto; the embedded answerer steps in, where there is one."""
    model.will("", "content_filter")
    with pytest.raises(ModelRefused, match="empty"):
        await told(build(), ask)


async def test_a_reply_without_end_is_cut_at_the_limit_and_says_so(model, build, ask):
    """A model that does not stop is stopped."""
    model.will(*["long " * 200] * 100, "stop")
    text, codes = await told(build(), ask)
    assert len(text) > LONGEST_REPLY
    assert codes == ["reply_cut"]
