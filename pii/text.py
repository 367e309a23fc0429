"""Redacted text: the only text that may be stored, logged or sent.

A plain string becomes Redacted only by `seal`, which only this package may call
(a test over the syntax tree enforces it), or comes back from where Redacted was
kept, through `from_storage`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SEAL = object()


class Redacted:
    """Text whose personal values are placeholders; immutable, shown by its length alone."""

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str, proof: object = None) -> Self:
        """Refuse everybody who does not hold this module's seal."""
        if proof is not _SEAL:
            raise TypeError("Redacted is made by the redactor or read back from storage, never directly")
        if not isinstance(text, str):
            raise TypeError("Redacted holds text")
        self = super().__new__(cls)
        object.__setattr__(self, "_text", text)
        return self

    @property
    def text(self) -> str:
        """The redacted text as a plain string, for the edge that stores, logs or sends it."""
        return self._text

    @staticmethod
    def join(separator: str, parts: Iterable[Redacted]) -> Redacted:
        """Join redacted parts; the separator is the program's own literal, never a visitor's text."""
        return seal(separator.join(part.text for part in parts))

    def __str__(self) -> str:
        return self._text

    def __format__(self, spec: str) -> str:
        return format(self._text, spec)

    def __repr__(self) -> str:
        return f"<Redacted {len(self._text)} chars>"

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, Redacted) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("Redacted is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("Redacted is immutable")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Callable[[str], Redacted], tuple[str]]:
        return from_storage, (self._text,)


def seal(text: str) -> Redacted:
    """Declare text redacted; only this package may call it, after redaction."""
    return Redacted(text, _SEAL)


def from_storage(text: str) -> Redacted:
    """Read back what was Redacted when it was stored; for the storage column type and unpickling only."""
    return Redacted(text, _SEAL)
