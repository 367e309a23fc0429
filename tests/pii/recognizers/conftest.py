"""One way for every table of cases to ask the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pii.recognizers import load

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def found() -> Callable[..., set[tuple[str, str]]]:
    """Ask the rules what they find in a text, as (kind, value)."""
    rules = load()

    def ask(text: str, question: str | None = None) -> set[tuple[str, str]]:
        return {(span.kind, text[span.start : span.end]) for span in rules.find(text, question)}

    return ask
