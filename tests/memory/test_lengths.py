"""The embedded answerer keeps to the visitor's choice: fewer sentences, or the whole passage."""

import asyncio
from dataclasses import replace

import pytest

from chatbot.cli.serve import prepare
from chatbot.knowledge.passages import words
from chatbot.llm.answerer import AnswerRequest, Length, Memory
from chatbot.running import opened
from chatbot.start import start
from pii.text import from_storage

YES = {"store": True, "personalise": True}
QUESTION = "What is an ERP?"


@pytest.fixture
async def services(settings, redactor, knowledge):
    """A worker with the embedded answerer, as it comes."""
    await asyncio.to_thread(prepare, settings)
    made = replace(start(settings, redactor), knowledge=knowledge)
    async with opened(made):
        yield made


@pytest.mark.commitment("U2")
async def test_short_is_shorter_and_long_is_longer(visitor, site):
    """The same question, three wishes, three lengths; without the yes there is one."""
    await visitor.begin(YES)
    counted = {}
    for length in ("short", "normal", "long"):
        await site.memory(visitor, "PUT", length)
        counted[length] = words((await visitor.say(QUESTION)).text)
    assert 0 < counted["short"] < counted["normal"] < counted["long"]


async def test_the_usual_length_is_that_of_everybody_without_a_memory(visitor, site):
    """A normal answer of somebody remembered and the answer of a stranger are the same words."""
    await visitor.begin(YES)
    await site.memory(visitor, "PUT", "normal")
    stranger = await site.come_back("", {})
    assert (await visitor.say(QUESTION)).text == (await stranger.say(QUESTION)).text


def test_a_short_excerpt_is_one_whole_sentence_and_a_long_one_the_passage(services):
    """Sentences are never cut, and what is found does not depend on how much of it is shown."""
    found = {most: services.knowledge.search(QUESTION, sentences=most) for most in (1, 3, 9)}
    ids = {most: [hit.passage.id for hit in hits] for most, hits in found.items()}
    assert ids[1] == ids[3] == ids[9]
    for short, usual, whole in zip(*found.values(), strict=True):
        assert whole.excerpt == whole.passage.text
        assert short.excerpt in whole.excerpt
        assert words(short.excerpt) <= words(usual.excerpt) <= words(whole.excerpt)


@pytest.mark.parametrize(("length", "quotes"), [(Length.SHORT, 1), (Length.NORMAL, 2), (Length.LONG, 3)])
def test_a_longer_answer_quotes_more_passages(services, length, quotes):
    """One passage, two or three, as sure as ever."""
    hits = services.knowledge.search("What is an ERP?")
    texts = ("Apples grow on trees.", "Ships sail over seas.", "Bridges span wide rivers.", "Clocks tell hours.")
    sure = tuple(
        replace(hits[0], passage=hits[0].passage._replace(id=str(n)), score=0.9, answers=True, excerpt=each)
        for n, each in enumerate(texts)
    )
    request = AnswerRequest(from_storage("What is an ERP?"), hits=sure, memory=Memory(length))
    assert len(services.embedded.cited(request)) == quotes
