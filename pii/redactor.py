"""Find, resolve, replace: raw text in, redacted text out, or an error that carries none of it.

    typed ─► disarm placeholders ─► normalise ─► rules + finder + session + hide list ─► resolve ─► replace

Offsets are those of the typed text from the last two steps on, and of the normalised text before.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pii.engine import BUILTIN, Finder, RuleSet, build_finder, build_rules, find_all, load_flags
from pii.errors import RedactionError
from pii.known import Known
from pii.normalise import Normal, normalise, storable
from pii.placeholders import DISARMED, PLACEHOLDER, disarm_exact, neutralise
from pii.redaction import Finding, Message, Redaction
from pii.spans import Span, resolve
from pii.text import seal
from pii.vault import Vault
from pii.wordlists import AllowList, hide_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pii.flags import Flag

__all__ = ["MAX_LENGTH", "Finding", "Message", "Redaction", "Redactor"]

MAX_LENGTH = 1_000_000
_SURE = 0.5  # from this score on, a finding is looked for again in the session
_UNPROVEN = 0.99  # a score of 1.0 says that a checksum held, which no finder can
_KEPT = "PLACEHOLDER"  # marks a placeholder in a reply, which no finding may touch
_KEEP = re.compile(rf"[<{DISARMED[0]}][A-Z][A-Z_]{{0,39}}_[1-9][0-9]{{0,5}}[>{DISARMED[1]}]")
_log = logging.getLogger(__name__)


class _Ready(NamedTuple):
    """A message made ready for finding; `kept` are the placeholders in it that no finding may touch."""

    typed: str
    normal: Normal
    question: str | None
    kept: tuple[Span, ...]


class Redactor:
    """Turns text into Redacted; safe for threads, and loads its models once, when it is made."""

    def __init__(
        self,
        finder: str | Finder = BUILTIN,
        *,
        countries: Sequence[str] | None = None,
        rules: RuleSet | None = None,
        allow: AllowList | None = None,
        hide: Known | None = None,
    ) -> None:
        self._finder = build_finder(finder) if isinstance(finder, str) else finder
        self._rules = rules or build_rules(countries)
        self._allow = allow or AllowList()
        self._hide = hide_list() if hide is None else hide
        self._flags = load_flags()

    def find(self, text: str, *, question: str | None = None, vault: Vault | None = None) -> list[Span]:
        """Find what is personal, in order and without overlap, with offsets of this very text."""
        message = Message(text, Vault() if vault is None else vault, question)
        with _withheld():
            ready = _ready(message)
            return self._settle(ready, message.vault, self._named([ready])[0])

    def redact(self, text: str, vault: Vault | None = None, *, question: str | None = None) -> Redaction:
        """Redact what a person typed; RedactionError when any part of it fails.

        Placeholders in the text are disarmed first. The vault keeps the values for restoring;
        the question is what the text answers, such as "what is your PIN?".
        """
        return self.redact_many([Message(text, Vault() if vault is None else vault, question)])[0]

    def redact_reply(self, text: str, vault: Vault) -> Redaction:
        """Redact what a model wrote: this vault's placeholders stay, foreign ones are disarmed."""
        return self.redact_many([Message(text, vault, reply=True)])[0]

    def redact_many(self, messages: Sequence[Message]) -> list[Redaction]:
        """Redact several messages at once, which costs less than one by one; all fail together."""
        with _withheld():
            ready = [_ready(message) for message in messages]
            named = self._named(ready)
            return [self._redact(*each) for each in zip(ready, messages, named, strict=True)]

    def describe(self) -> dict[str, str | list[str]]:
        """Name the finder and the recognisers in use, for a health check."""
        return {"finder": self._finder.name, "recognizers": self._rules.describe()}

    def _named(self, ready: Sequence[_Ready]) -> list[list[Span]]:
        return find_all(self._finder, [each.normal.text for each in ready], [each.question for each in ready])

    def _redact(self, ready: _Ready, message: Message, named: list[Span]) -> Redaction:
        spans = self._settle(ready, message.vault, named)
        flags = () if message.reply else tuple(_moved(flag, ready.normal) for flag in self._flags(ready.normal.text))
        text, findings = _replace(ready.typed, spans, message.vault, exact=message.reply)
        return Redaction(seal(text), findings, flags)

    def _settle(self, ready: _Ready, vault: Vault, named: list[Span]) -> list[Span]:
        """Bring all findings of one text together, in order, on the typed text."""
        text = ready.normal.text
        ruled = self._rules.find(text, ready.question)
        found = (*ruled, *_believed(named, ruled, self._rules.plain(text)))
        spans = [span for span in found if not self._allow.allows(span, text)]
        spans.extend([*_short_forms(text, spans), *vault.known().find(text)])
        spans.extend(self._hide.find(text))
        spans.extend(ready.kept)
        return [span for span in ready.normal.all_back(resolve(spans, text)) if span.kind != _KEPT]


def _believed(named: Iterable[Span], ruled: Iterable[Span], plain: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Take from the finder what the rules do not know better: it never proves a kind, and a price is nobody's."""
    known = {(span.start, span.end) for span in ruled}
    for span in named:
        inside = any(start <= span.start and span.end <= end for start, end in plain)
        if not inside and (span.start, span.end) not in known:
            yield span._replace(score=min(span.score, _UNPROVEN))


def _short_forms(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Find the names that this text gives again in it, in any case and by their parts."""
    names = [span for span in spans if span.kind == "PERSON" and span.score >= _SURE]
    known = Known("session", score=min((span.score for span in names), default=_SURE))
    for name in {text[span.start : span.end] for span in names}:
        known.learn("PERSON", name)
    return known.find(text)


def _ready(message: Message) -> _Ready:
    """Disarm what only looks like a placeholder, and normalise."""
    if not isinstance(message.text, str) or len(message.text) > MAX_LENGTH:
        raise RedactionError(f"the text must be a string of at most {MAX_LENGTH:,} characters")
    text = storable(message.text)
    question = normalise(message.question).text if message.question else None
    if not message.reply:
        typed = neutralise(text)
        return _Ready(typed, normalise(typed), question, ())
    typed = PLACEHOLDER.sub(lambda each: _own_or_disarmed(each[0], message.vault), text)
    normal = normalise(typed)
    kept = tuple(Span(*each.span(), _KEPT, 2.0) for each in _KEEP.finditer(normal.text))
    return _Ready(typed, normal, question, kept)


def _replace(text: str, spans: Sequence[Span], vault: Vault, *, exact: bool) -> tuple[str, tuple[Finding, ...]]:
    pieces: list[str] = []
    findings: list[Finding] = []
    done = 0
    for span in spans:
        value, sure = text[span.start : span.end], span.score >= _SURE
        placeholder = vault.placeholder_for(span.kind, value, exact=exact, sure=sure)
        findings.append(Finding(span.kind, placeholder, span.start, span.end, span.score, span.source))
        pieces += (text[done : span.start], placeholder)
        done = span.end
    return "".join((*pieces, text[done:])), tuple(findings)


def _moved(flag: Flag, normal: Normal) -> Flag:
    start, end = normal.place(flag.start, flag.end)
    return replace(flag, start=start, end=end)


def _own_or_disarmed(placeholder: str, vault: Vault) -> str:
    return placeholder if vault.value_of(placeholder) is not None else disarm_exact(placeholder)


@contextmanager
def _withheld() -> Iterator[None]:
    """Report any failure by its type alone: messages and tracebacks of libraries may quote the text."""
    try:
        yield
    except RedactionError:
        raise
    except Exception as error:  # noqa: BLE001 — whatever went wrong, none of the text may leave with it
        _log.error("redaction failed: %s", type(error).__name__)
        raise RedactionError("the text could not be redacted") from None
