"""Who answers: the embedded answerer, or a language model behind the same interface.

Only this package imports LangChain, and only when a provider's model is configured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.llm.build import build_answerer
from chatbot.llm.config import AnswererConfig
from chatbot.llm.embedded import EmbeddedAnswerer

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AnswererConfig", "build_answerer", "build_embedded"]


def build_embedded(data: Path, country: str = "") -> EmbeddedAnswerer:
    """Make the embedded answerer from the words in the folder `data`."""
    return EmbeddedAnswerer.load(data, country)
