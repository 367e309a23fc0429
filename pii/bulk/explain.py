"""Why something would be redacted: each span with its kind, its score and who found it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pii.bulk.job import open_input, open_source
from pii.errors import RedactionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pii.bulk.job import Job
    from pii.bulk.rows import Row
    from pii.redactor import Redactor
    from pii.spans import Span

_SURE = 1.0
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")


class Explanation(NamedTuple):
    """One span of one text of a row."""

    row: Row
    text: str
    span: Span

    @property
    def value(self) -> str:
        """What was found."""
        return self.text[self.span.start : self.span.end]


def masked(text: str) -> str:
    """Show the shape of a value and nothing else of it: `xxxx 000`."""
    return _LETTER.sub("x", _DIGIT.sub("0", text))


def why(span: Span, used: Mapping[str, str | list[str]]) -> str:
    """Say in words what a finding rests on, by who found it; `used` is what the redactor describes."""
    if span.source == used["finder"]:
        return "the name finder reads it so, in its context"
    if span.source not in used["recognizers"]:
        return "found elsewhere in the conversation, or on the list to hide"
    return "a rule, and its check holds" if span.score >= _SURE else "a rule, by form and the words beside it"


def explanations(job: Job, redactor: Redactor) -> Iterator[Explanation | str]:
    """Explain each span of each row, in order; a message in place of what cannot be read or redacted."""
    with open_input(job) as stream:
        for chunk in open_source(job, stream).chunks(0):
            yield from (bad.message for bad in chunk.bad)
            for row in chunk.rows:
                try:
                    found = [(text, redactor.find(text, question=row.question)) for text in row.texts]
                except RedactionError as error:
                    yield f"{job.name}:{row.line}: {error}"
                else:
                    yield from (Explanation(row, text, span) for text, spans in found for span in spans)


def explain(job: Job, redactor: Redactor, *, show_values: bool = False) -> Iterator[str]:
    """Write each explanation as a line: `file:line: KIND score recogniser "shape" why`."""
    used = redactor.describe()
    for each in explanations(job, redactor):
        if isinstance(each, str):
            yield each
            continue
        span = each.span
        place = f"{job.name}:{each.row.line}"
        shown = each.value if show_values else masked(each.value)
        yield f"{place}: {span.kind} {span.score:.2f} {span.source or '?'} {shown!r}: {why(span, used)}"
