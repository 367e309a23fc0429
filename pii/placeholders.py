"""The grammar of placeholders: `<KIND_N>`, as in `<EMAIL_ADDRESS_1>`; N counts from 1 within kind and session.

A placeholder that somebody typed is disarmed: its brackets become single angle quotation
marks, which keeps every offset and never resolves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LENGTH = len("<") + 40 + len("_") + 6 + len(">")
MAX_NUMBER = 999_999
PLACEHOLDER = re.compile(r"<(?P<kind>[A-Z][A-Z_]{0,39})_(?P<number>[1-9][0-9]{0,5})>")
DISARMED = "\u2039\u203a"
_KIND = re.compile(r"[A-Z][A-Z_]{0,38}[A-Z]|[A-Z]")
_BEGUN = re.compile(r"<(?:[A-Z][A-Z_]{0,40}(?:(?<=_)[1-9][0-9]{0,5})?)?")

# Brackets that a reader, or a model, could take for < and >: also full-width, ornamental and escaped ones.
_LEFT = "<\uff1c\ufe64\u2329\u27e8\u3008\u276e"
_RIGHT = ">\uff1e\ufe65\u232a\u27e9\u3009\u276f"
_OPEN = rf"(?:[{_LEFT}]|&(?:lt|LT|#0{{0,4}}60|#[xX]0{{0,4}}3[cC]);|\\u003[cC]|%3[cC])"
_CLOSE = rf"(?:[{_RIGHT}]|&(?:gt|GT|#0{{0,4}}62|#[xX]0{{0,4}}3[eE]);|\\u003[eE]|%3[eE])"
_TYPED = re.compile(rf"{_OPEN}(?P<inner>[^{_LEFT}{_RIGHT}&%\\]{{3,200}}?)(?P<close>{_CLOSE})")
_HINT = re.compile(rf"[{_LEFT}]|&[lL#]|\\u003|%3[cC]")
_READS_AS = re.compile(r"[A-Z][A-Z_]*_[0-9]+")


def mint(kind: str, number: int) -> str:
    """Write the placeholder of the number-th value of a kind; ValueError outside the grammar."""
    if not _KIND.fullmatch(kind) or not 1 <= number <= MAX_NUMBER:
        raise ValueError("a placeholder needs an upper-case kind and a number from 1 to 999999")
    return f"<{kind}_{number}>"


def find(text: str) -> Iterator[re.Match[str]]:
    """Match each placeholder of the text in order, with groups `kind` and `number`."""
    return PLACEHOLDER.finditer(text)


def open_tail(text: str) -> int:
    """Find where an unfinished placeholder begins at the end of the text; its length when none does."""
    start = text.rfind("<", -MAX_LENGTH)
    return start if start >= 0 and _BEGUN.fullmatch(text, start) else len(text)


def neutralise(text: str) -> str:
    """Disarm every typed placeholder, whatever brackets, case or hidden characters it uses; same length."""
    return _TYPED.sub(_disarm, text) if _HINT.search(text) else text


def disarm_exact(placeholder: str) -> str:
    """Disarm one placeholder that is exactly in the grammar."""
    return f"{DISARMED[0]}{placeholder[1:-1]}{DISARMED[1]}"


def _disarm(match: re.Match[str]) -> str:
    whole, closing = match[0], match["close"]
    inner = "".join(normalise(match["inner"]).text.upper().split()).replace("-", "_")
    if not _READS_AS.fullmatch(inner):
        return whole
    return f"{DISARMED[0]}{whole[1 : -len(closing)]}{DISARMED[1]}{closing[1:]}"
