"""What a model is sent: the prompt with its passages, as much history as fits, the question as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chatbot.knowledge.search import Hit
    from chatbot.llm.answerer import AnswerRequest, Exchange
    from chatbot.llm.prompts import Prompt

FENCE = "visitor_message"
TYPED_FENCE = re.compile(rf"<\s*(/?)\s*{FENCE}[^>]*>?", re.IGNORECASE)
CHARACTERS_A_TOKEN = 3.5  # European languages in common vocabularies; a little low, so that the estimate is safe
TOKENS_A_MESSAGE = 4
LANGUAGES = {"en": "English", "af": "Afrikaans", "de": "German"}
NO_PASSAGES = "(none: no passage answers this question)"

Message = tuple[str, str]


def compose(prompt: Prompt, request: AnswerRequest, cited: Sequence[Hit], company: str, budget: int) -> list[Message]:
    """Give the messages as (role, text), oldest first; `budget` is how many tokens of history may go along."""
    system = prompt.fill(company=company, language=_language(request), passages=_passages(cited))
    earlier = [
        message
        for exchange in recent(request.history, budget)
        for message in (("human", fenced(exchange.question.text)), ("ai", exchange.answer.text))
    ]
    return [("system", system), *earlier, ("human", fenced(request.question.text))]


def fenced(text: str) -> str:
    """Mark the visitor's words as data; a fence that the visitor typed is taken apart."""
    harmless = TYPED_FENCE.sub(rf"({FENCE})", text)
    return f"<{FENCE}>\n{harmless}\n</{FENCE}>"


def recent(history: Iterable[Exchange], budget: int) -> list[Exchange]:
    """Keep the latest exchanges that fit into the budget of tokens; whole exchanges, without a gap."""
    kept: list[Exchange] = []
    for exchange in reversed(list(history)):
        budget -= tokens(exchange.question.text) + tokens(exchange.answer.text)
        if budget < 0:
            break
        kept.insert(0, exchange)
    return kept


def tokens(text: str) -> int:
    """Estimate a message's tokens without the model's own tokenizer."""
    return int(len(text) / CHARACTERS_A_TOKEN) + TOKENS_A_MESSAGE


def _passages(cited: Sequence[Hit]) -> str:
    pieces = [
        f"[{n}] {hit.passage.title}: {hit.passage.heading}\n{hit.passage.text}" for n, hit in enumerate(cited, 1)
    ]
    return "\n\n".join(pieces) or NO_PASSAGES


def _language(request: AnswerRequest) -> str:
    return LANGUAGES.get(request.language, "the language of the question")
