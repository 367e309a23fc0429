"""Static word embeddings: the vectors that the wordllama package carries, read without the package's own code.

Importing wordllama configures the root logger and loads an HTTP client; reading its two files directly gives
the same vectors (difference 0.0) in a tenth of a second and opens nothing.
"""

from __future__ import annotations

from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
LONGEST_TEXT = 20_000  # characters; more adds nothing to a mean of word vectors


class Embedder:
    """Turns texts into unit vectors of 256 numbers, by the mean of their tokens' vectors."""

    def __init__(self, vectors: NDArray[np.float16], tokenizer: Tokenizer) -> None:
        self._vectors = vectors
        self._tokenizer = tokenizer

    @classmethod
    def load(cls) -> Self:
        """Read weights and tokenizer from the installed package; needs no network."""
        from safetensors import safe_open
        from tokenizers import Tokenizer

        spec = find_spec("wordllama")
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("wordllama is not installed; run make")
        home = Path(spec.submodule_search_locations[0])
        with safe_open(home / WEIGHTS, framework="np") as weights:
            vectors = weights.get_tensor("embedding.weight")
        return cls(vectors, Tokenizer.from_file(str(home / TOKENIZER)))

    @property
    def size(self) -> int:
        """How many numbers a vector has."""
        return int(self._vectors.shape[1])

    @cached_property
    def words(self) -> frozenset[str]:
        """Words that are common enough to be one token: a real word, not a typing error."""
        return frozenset(token[1:].casefold() for token in self._tokenizer.get_vocab() if token.startswith("▁"))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one unit vector a text, as rows; an empty text gives zeros."""
        encoded = self._tokenizer.encode_batch([text[:LONGEST_TEXT] for text in texts], add_special_tokens=False)
        rows = np.zeros((len(texts), self.size), np.float32)
        for number, tokens in enumerate(encoded):
            if tokens.ids:
                mean = self._vectors[tokens.ids].astype(np.float32).mean(axis=0)
                rows[number] = mean / (np.linalg.norm(mean) or 1.0)
        return rows
