"""Hide what is personal in a page before it is kept: people, numbers, addresses; public places and companies stay.

What is hidden shows in single angle quotation marks: it looks like a placeholder but never resolves, so that a
quoted page cannot bring out what some visitor typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from pii.placeholders import disarm_exact, neutralise

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from chatbot.knowledge.passages import Draft

# A published page may name the countries, cities and companies that it speaks about.
PUBLIC = frozenset({"LOCATION", "ORGANIZATION"})


class Found(Protocol):
    """One value that a redactor replaced; pii.Finding is one."""

    @property
    def kind(self) -> str: ...  # noqa: D102 — as in pii.Finding
    @property
    def placeholder(self) -> str: ...  # noqa: D102 — as in pii.Finding
    @property
    def start(self) -> int: ...  # noqa: D102 — as in pii.Finding
    @property
    def end(self) -> int: ...  # noqa: D102 — as in pii.Finding


class Result(Protocol):
    """What a redactor gives back; pii.Redaction is one."""

    @property
    def findings(self) -> Sequence[Found]: ...  # noqa: D102 — as in pii.Redaction


class Redactor(Protocol):
    """What ingestion needs of a redactor; pii.Redactor is one."""

    def redact(self, text: str) -> Result:
        """Find and replace what is personal; raises rather than let something through."""
        ...


class Hidden(NamedTuple):
    """A text that may be kept, and the kinds of what was hidden in it."""

    text: str
    kinds: tuple[str, ...]


def hide(text: str, redactor: Redactor, public: Container[str] = ()) -> Hidden:
    """Redact one text, save the words that its author calls public; raises what the redactor raises."""
    findings = [
        found
        for found in redactor.redact(text).findings
        if found.kind not in PUBLIC and text[found.start : found.end].casefold() not in public
    ]
    pieces, last, plain = list[str](), 0, neutralise(text)
    for found in sorted(findings, key=lambda found: found.start):
        pieces += plain[last : found.start], disarm_exact(found.placeholder)
        last = found.end
    return Hidden("".join([*pieces, plain[last:]]), tuple(found.kind for found in findings))


def hide_draft(draft: Draft, redactor: Redactor) -> tuple[Draft, tuple[str, ...]]:
    """Redact every text of a passage: title, heading, text and other wordings."""
    passage = draft.passage
    texts = (passage.title, passage.heading, passage.text, *draft.asked)
    parts = [hide(text, redactor, draft.public) for text in texts]
    title, heading, text, *asked = (part.text for part in parts)
    clean = passage._replace(title=title, heading=heading, text=text)
    return draft._replace(passage=clean, asked=tuple(asked)), tuple(kind for part in parts for kind in part.kinds)
