"""Messages that need no knowledge base: greetings, thanks, "what is my e-mail?", and attempts to get at secrets.

The patterns and replies are data (data/replies/replies.yaml); this module only matches them, so the same message
always gets the same reply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from chatbot.knowledge.datafile import read_yaml
from chatbot.knowledge.errors import KnowledgeError
from chatbot.knowledge.words import plain
from pii import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from chatbot.llm.answerer import AnswerRequest

FALLBACK = "en"
LONGEST_WHOLE = 160  # characters; a longer message is never only small talk
NOT_PLAIN = re.compile(r"[^\w@ ]+")
APOSTROPHE = re.compile(r"['\u2019`\u00b4]")


class SmallTalk(NamedTuple):
    """What is said without the knowledge base.

    `offer`: a person is offered with it. `always`: no model is asked, even where one is configured.
    """

    id: str
    text: str
    offer: bool
    always: bool


@dataclass(frozen=True)
class Intent:
    """One row of the data file, its patterns compiled."""

    id: str
    whole: dict[str, re.Pattern[str]]
    anywhere: re.Pattern[str] | None
    kinds: tuple[str, ...]
    reply: dict[str, str]
    none: dict[str, str]
    offer: bool
    always: bool
    statement: bool

    def language(self, message: str, preferred: str) -> str | None:
        """Give the language in which the message has this intent; None when it has not."""
        if self.anywhere and self.anywhere.search(message):
            return preferred
        if len(message) > LONGEST_WHOLE:
            return None
        spoken = [language for language, pattern in self.whole.items() if pattern.fullmatch(message)]
        return preferred if preferred in spoken else next(iter(spoken), None)


class Replies:
    """The data file, read and checked: `words` for a string, `small_talk` for a message."""

    def __init__(self, strings: dict[str, dict[str, str]], intents: list[Intent], polite: re.Pattern[str]) -> None:
        self._strings = strings
        self._intents = intents
        self._polite = polite

    @classmethod
    def read(cls, path: Path) -> Replies:
        """Read replies.yaml; raises KnowledgeError that names the row."""
        members = read_yaml(path)
        try:
            intents = [_intent(path, row) for row in members["intents"]]
            courtesies = f"(?:{members['greetings']}|{members['courtesies']})"
            polite = re.compile(rf"(?:{courtesies} )+(?=\S)|(?<=\S)(?: {courtesies})+$")
            strings = {name: _by_language(path, name, row) for name, row in members["strings"].items()}
        except (KeyError, TypeError, AttributeError, re.error) as error:
            raise KnowledgeError(path, 1, f"is not laid out as its first lines say ({error})") from None
        return cls(strings, intents, polite)

    def words(self, name: str, language: str) -> str:
        """Give a string in the language, or in English."""
        return _in(self._strings[name], language)

    def small_talk(self, request: AnswerRequest) -> SmallTalk | None:
        """Give the reply to a message that needs no knowledge; None when it does."""
        text = request.question.text
        message = normal(text)
        candidates = dict.fromkeys((message, self._without_courtesy(message)))
        for intent in self._intents:
            if intent.statement and "?" in text:
                continue
            for candidate in candidates:
                if language := intent.language(candidate, request.language):
                    return SmallTalk(intent.id, _fill(intent, language, request), intent.offer, intent.always)
        return None

    def _without_courtesy(self, message: str) -> str:
        start = self._polite.match(message)
        shorter = message[start.end() :] if start else message
        end = self._polite.search(shorter)
        return shorter[: end.start()] if end and end.end() == len(shorter) else shorter


def normal(text: str) -> str:
    """Bring a message into the form that patterns match: plain letters, single spaces, @email_address."""
    marked = placeholders.PLACEHOLDER.sub(lambda match: f" @{match['kind']} ", text)
    letters = NOT_PLAIN.sub(" ", plain(APOSTROPHE.sub("", marked)))
    return " ".join(letters.split())


def _fill(intent: Intent, language: str, request: AnswerRequest) -> str:
    texts = [*(exchange.question.text for exchange in request.history), request.question.text]
    all_of = list(dict.fromkeys(_of_kinds(texts, intent.kinds)))
    if intent.none and not all_of:
        return _in(intent.none, language)
    last = list(_of_kinds(texts[-1:], intent.kinds)) or all_of
    return (
        _in(intent.reply, language)
        .replace("{placeholders}", ", ".join(all_of))
        .replace("{placeholder}", last[-1] if last else "")
    )


def _of_kinds(texts: Iterable[str], kinds: tuple[str, ...]) -> list[str]:
    return [match[0] for text in texts for match in placeholders.find(text) if match["kind"] in kinds]


def _in(texts: dict[str, str], language: str) -> str:
    return texts.get(language, texts[FALLBACK])


def _intent(path: Path, row: dict[str, Any]) -> Intent:
    name = str(row.get("id"))
    whole = {language: re.compile("|".join(patterns)) for language, patterns in row.get("whole", {}).items()}
    anywhere = re.compile("|".join(row["anywhere"])) if "anywhere" in row else None
    reply = _by_language(path, name, row["reply"])
    none = _by_language(path, name, row["none"]) if "none" in row else {}
    flags = (bool(row.get(flag)) for flag in ("offer", "always", "statement"))
    return Intent(name, whole, anywhere, tuple(row.get("kinds", ())), reply, none, *flags)


def _by_language(path: Path, name: str, texts: dict[str, str]) -> dict[str, str]:
    if not isinstance(texts, dict) or not isinstance(texts.get(FALLBACK), str):
        raise KnowledgeError(path, 1, f"`{name}` needs its text by language, English (`en`) at least")
    return texts
