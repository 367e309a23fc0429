"""JSON logs: an allow-list of keys is the guard, the redacting processor behind it the seat belt.

Everything that Python logs, ours or a library's, goes through the same chain; nothing is written elsewhere.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog

from pii.logs import redact_processor

LEVELS = logging.getLevelNamesMapping()
# Libraries whose debug or info lines carry requests, statements or prompts.
QUIET = (
    "httpx",
    "httpcore",
    "openai",
    "langchain",
    "langsmith",
    "sqlalchemy",
    "aiosqlite",
    "presidio-analyzer",
    "_granian",
)


def configure(level: str, stream: TextIO = sys.stderr) -> None:
    """Send every log line of the process through the redacting chain, as JSON lines on a stream."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Exceptions are shown as type and frames by redact_processor; format_exc_info would print their text.
    last: list[Any] = [redact_processor, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=LEVELS[level.upper()], force=True)
    # Warnings of libraries quote values (pydantic: input_value=…), and would go to stderr past this chain.
    logging.captureWarnings(capture=True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
