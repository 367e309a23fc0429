"""Passages as vectors of one kind: one for each text, one for each heading and other wording."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Space(NamedTuple):
    """The vectors as rows: `texts` one a passage, `wordings` all in one matrix, a passage's from `starts` on."""

    texts: NDArray[np.float32]
    wordings: NDArray[np.float32]
    starts: NDArray[np.intp]

    @classmethod
    def read(cls, vectors: Sequence[tuple[bytes, bytes]], size: int) -> Self:
        """Unpack what `pack` packed for each passage; `size` is how many numbers a vector has."""
        texts = [_unpack(text, size) for text, _ in vectors]
        wordings = [_unpack(asked, size) for _, asked in vectors]
        starts = np.cumsum([0, *(len(stack) for stack in wordings[:-1])])
        return cls(np.concatenate(texts), np.concatenate(wordings), starts)

    def nearest_wording(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give for each passage the cosine of the heading or other wording that is nearest."""
        return np.asarray(np.maximum.reduceat(self.wordings @ vector, self.starts))


def pack(rows: NDArray[np.float32]) -> tuple[bytes, bytes]:
    """Give the first row, the text's, and the others, as they are kept: two bytes a number."""
    kept = rows.astype(np.float16)
    return kept[0].tobytes(), kept[1:].tobytes()


def _unpack(kept: bytes, size: int) -> NDArray[np.float32]:
    return np.frombuffer(kept, np.float16).reshape(-1, size).astype(np.float32)
