"""The trained weights as they lie in the package: read, and refused unless their hashes hold."""

import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from pii.model.features import Known

FOLDER: Final = Path(__file__).parent / "weights"
_GRAPH, _WORDS = "names.onnx", "words.bin"


class WeightsError(Exception):
    """The weights are missing, changed or of another version; the finder must not start."""


@dataclass(frozen=True)
class Weights:
    """The graph (ONNX), the word table and the settings chosen on held-out data.

    `least` is the probability from which a word counts as personal, by kind; `gap` the zero rows between
    messages of one batch; `reach` how many words away a word can be seen.
    """

    version: str
    graph: bytes
    known: Known
    least: dict[str, float]
    gap: int
    reach: int


def _checked(folder: Path, name: str, expected: str) -> bytes:
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        message = f"{name} does not match its hash in the manifest: reinstall the package or train again"
        raise WeightsError(message)
    return content


def _table(packed: bytes) -> Known:
    content = zlib.decompress(packed)
    count = int.from_bytes(content[:4], "little")
    entries = np.frombuffer(content, "<u8", count, 4).tolist()
    return dict(zip(content[4 + 8 * count :].decode().split("\n"), entries, strict=True))


def load(folder: Path = FOLDER) -> Weights:
    """Return the weights; raises `WeightsError` when something is missing or changed."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        graph, words = (_checked(folder, name, manifest["sha256"][name]) for name in (_GRAPH, _WORDS))
        return Weights(
            manifest["version"], graph, _table(words), manifest["least"], manifest["gap"], manifest["reach"]
        )
    except (OSError, KeyError, ValueError, zlib.error) as error:
        message = f"the weights in {folder.name} cannot be read: {type(error).__name__}"
        raise WeightsError(message) from error
