"""Column types that keep promises: only redacted text goes in, and times are UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

from pii.text import Redacted, from_storage

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect


class RedactedText(TypeDecorator[Redacted]):
    """A text column that refuses anything but `Redacted`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Redacted | None, dialect: Dialect) -> str | None:  # noqa: ARG002 — SQLAlchemy's signature
        """Write redacted text; a plain str never gets past this line."""
        if value is not None and not isinstance(value, Redacted):
            raise TypeError(f"only Redacted may be stored here, not {type(value).__name__}")
        return None if value is None else value.text

    def process_result_value(self, value: Any, dialect: Dialect) -> Redacted | None:  # noqa: ARG002 — SQLAlchemy's signature
        """Read back what was redacted when it was written."""
        return None if value is None else from_storage(value)
