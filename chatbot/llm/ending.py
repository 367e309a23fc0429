"""Why a reply ended, as each provider's package tells it with the last piece."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessageChunk

# OpenAI, Mistral, Groq, DeepSeek, xAI and Google; Anthropic; Ollama.
TOLD_AS = ("finish_reason", "stop_reason", "done_reason")
_WHOLE = frozenset({"stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "finished"})
_CUT = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "model_context_window_exceeded"})


class Ending(StrEnum):
    """How a reply ended; `missing` while nothing was told."""

    MISSING = ""
    WHOLE = "whole"
    CUT = "cut"
    WITHHELD = "withheld"


def ending(chunk: BaseMessageChunk) -> Ending:
    """Read what a piece tells of the end; any reason that is neither an end nor a limit is the provider's veto."""
    metadata = chunk.response_metadata
    reason = next((str(metadata[name]) for name in TOLD_AS if metadata.get(name)), "")
    plain = reason.rpartition(".")[2].lower()
    if not plain:
        return Ending.MISSING
    if plain in _WHOLE:
        return Ending.WHOLE
    return Ending.CUT if plain in _CUT else Ending.WITHHELD
