"""What is added to the prompt for a visitor who agreed to it: how long answers shall be, and what came before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.llm.answerer import Length
from chatbot.llm.messages import fenced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.llm.answerer import AnswerRequest
    from chatbot.llm.messages import Message
    from chatbot.llm.prompts import Prompts

NONE = "(none)"


def reminded(messages: list[Message], prompts: Prompts, request: AnswerRequest) -> list[Message]:
    """Add what is remembered to the system message, the first one; a child's stays as it is."""
    (role, system), *rest = messages
    return [(role, "\n\n".join([system, *_parts(prompts, request)])), *rest]


def _parts(prompts: Prompts, request: AnswerRequest) -> Iterator[str]:
    memory = request.memory
    if request.minor:
        return
    if memory.topics or memory.questions:
        questions = "\n".join(fenced(question.text) for question in memory.questions)
        prompt = prompts.choose("memory", request.language, "adult")
        yield prompt.fill(topics="; ".join(memory.topics) or NONE, questions=questions or NONE)
    if memory.length is not Length.NORMAL:
        yield prompts.choose(memory.length.value, request.language, "adult").text
