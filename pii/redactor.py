"""Find, resolve, replace: raw text in, redacted text out, or an error that carries none of it.

redactor, vault = Redactor(), Vault()
redaction = redactor.redact("I am Jane Doe, jane@example.com", vault)
redaction.text            # <PERSON_1> and <EMAIL_ADDRESS_1> in place of the values
restore(answer, vault)    # and back, for the visitor
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pii.engine import BUILTIN, Finder, RuleSet, build_finder, build_rules, load_flags
from pii.errors import RedactionError
from pii.known import Known, of_values
from pii.normalise import Normal, normalise, storable
from pii.placeholders import DISARMED, PLACEHOLDER, disarm_exact, neutralise
from pii.spans import Span, resolve
from pii.text import Redacted, seal
from pii.vault import Vault
from pii.wordlists import AllowList, common_words, hide_list, particles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pii.flags import Flag

MAX_LENGTH = 1_000_000
_KEPT = "PLACEHOLDER"  # marks a placeholder in a reply, which no finding may touch
_KEEP = re.compile(rf"[<{DISARMED[0]}][A-Z][A-Z_]{{0,39}}_[1-9][0-9]{{0,5}}[>{DISARMED[1]}]")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One value that was replaced; offsets are those of the text as it was typed."""

    kind: str
    placeholder: str
    start: int
    end: int
    score: float
    source: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """Redacted text, what was replaced in it, and statements that the gate and the staff must know of."""

    text: Redacted
    findings: tuple[Finding, ...]
    flags: tuple[Flag, ...] = ()


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
        self._common = common_words()
        self._particles = particles()
        self._flags = load_flags()

    def find(self, text: str, *, question: str | None = None, vault: Vault | None = None) -> list[Span]:
        """Find what is personal, in order and without overlap, with offsets of this very text."""
        try:
            return list(self._find(normalise(neutralise(_checked(text))), question, vault))
        except Exception as error:  # noqa: BLE001 — whatever went wrong, none of the text may leave with it
            raise _failed(error) from None

    def redact(self, text: str, vault: Vault | None = None, *, question: str | None = None) -> Redaction:
        """Redact what a person typed; RedactionError when any part of it fails.

        Placeholders in the text are disarmed first. The vault keeps the values for restoring;
        the question is what the text answers, such as "what is your PIN?".
        """
        try:
            disarmed = neutralise(_checked(text))
            normal = normalise(disarmed)
            spans = self._find(normal, question, vault)
            flags = tuple(_moved(flag, normal) for flag in self._flags(normal.text))
            return _replace(disarmed, spans, Vault() if vault is None else vault, flags)
        except Exception as error:  # noqa: BLE001 — as in find
            raise _failed(error) from None

    def redact_reply(self, text: str, vault: Vault) -> Redaction:
        """Redact what a model wrote: this vault's placeholders stay, foreign ones are disarmed."""
        try:
            disarmed = PLACEHOLDER.sub(lambda each: _own_or_disarmed(each[0], vault), _checked(text))
            normal = normalise(disarmed)
            kept = [Span(*each.span(), _KEPT, 2.0) for each in _KEEP.finditer(normal.text)]
            return _replace(disarmed, self._find(normal, None, vault, kept), vault, (), exact=True)
        except Exception as error:  # noqa: BLE001 — as in find
            raise _failed(error) from None

    def describe(self) -> dict[str, str | list[str]]:
        """Name the finder and the recognisers in use, for a health check."""
        return {"finder": self._finder.name, "recognizers": self._rules.describe()}

    def _find(
        self, normal: Normal, question: str | None, vault: Vault | None, kept: Iterable[Span] = ()
    ) -> Sequence[Span]:
        text = normal.text
        asked = normalise(question).text if question else None
        spans = [*self._rules.find(text, asked), *self._finder.find_batch([text], [asked])[0]]
        spans = [span for span in spans if not self._allow.allows(span, text)]
        spans.extend(self._known(text, spans, vault))
        spans.extend(self._hide.find(text))
        spans.extend(kept)
        return [span for span in normal.all_back(resolve(spans, text)) if span.kind != _KEPT]

    def _known(self, text: str, spans: list[Span], vault: Vault | None) -> Iterable[Span]:
        """Find this session's values again, and the parts of names that this text itself gives."""
        values = [entry[1:] for entry in vault.entries()] if vault else []
        values += [("PERSON", text[span.start : span.end]) for span in spans if span.kind == "PERSON"]
        return of_values(values, self._common, self._particles).find(text) if values else ()


def _replace(
    text: str, spans: Sequence[Span], vault: Vault, flags: tuple[Flag, ...], *, exact: bool = False
) -> Redaction:
    pieces: list[str] = []
    findings: list[Finding] = []
    done = 0
    for span in spans:
        placeholder = vault.placeholder_for(span.kind, text[span.start : span.end], exact=exact)
        findings.append(Finding(span.kind, placeholder, span.start, span.end, span.score, span.source))
        pieces += (text[done : span.start], placeholder)
        done = span.end
    pieces.append(text[done:])
    return Redaction(seal("".join(pieces)), tuple(findings), flags)


def _moved(flag: Flag, normal: Normal) -> Flag:
    start, end = normal.place(flag.start, flag.end)
    return replace(flag, start=start, end=end)


def _own_or_disarmed(placeholder: str, vault: Vault) -> str:
    return placeholder if vault.value_of(placeholder) is not None else disarm_exact(placeholder)


def _checked(text: str) -> str:
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        raise RedactionError(f"the text must be a string of at most {MAX_LENGTH:,} characters")
    return storable(text)


def _failed(error: Exception) -> RedactionError:
    """Report by type alone: messages and tracebacks of libraries may quote the text."""
    if isinstance(error, RedactionError):
        return error
    _log.error("redaction failed: %s", type(error).__name__)
    return RedactionError("the text could not be redacted")
