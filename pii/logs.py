"""The last log processor: only listed keys leave, and their values are scrubbed.

The list of keys (data/log_keys.txt) is the guard; scrubbing is the seat belt. An
exception becomes its types and frames, because messages and locals quote what people
typed. When scrubbing itself fails, the record shrinks to its level and a bare event name.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pii.datafiles import FOLDER, read_lines
from pii.engine import build_rules
from pii.normalise import normalise
from pii.spans import resolve

if TYPE_CHECKING:
    from types import TracebackType

    from pii.engine import RuleSet

_SAFE = re.compile(r"[A-Za-z][A-Za-z_.]{0,60}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?")
_NAME = re.compile(r"[a-z]+(?:[_.][a-z]+){0,8}")
_FRAME = re.compile(r'File "([^"\n]{1,300})", line (\d{1,7}), in ([\w<>.]{1,80})')
_ERROR = re.compile(r"^(?:[a-z_]\w{0,60}\.){0,8}([A-Z]\w{0,60})(?=:|$)", re.MULTILINE)
_LONGEST = 2_000
_DEEPEST = 6
_BIGGEST = 10**6  # longer numbers may be somebody's


class LogRedactor:
    """A structlog processor, for stdlib records too; put it last before the renderer."""

    def __init__(self, keys: Iterable[str] | None = None, rules: RuleSet | None = None) -> None:
        self._keys = frozenset(read_lines(FOLDER / "log_keys.txt") if keys is None else keys)
        self._rules = rules or build_rules()

    def __call__(self, logger: object, method: str, event_dict: MutableMapping[str, Any]) -> dict[str, Any]:
        """Give the record that may be written."""
        del logger
        try:
            return self._record(event_dict)
        except Exception:  # noqa: BLE001 — closed: whatever failed, the values stay here
            event = event_dict.get("event")
            safe = event if isinstance(event, str) and _NAME.fullmatch(event) else "withheld"
            return {"level": method, "event": safe}

    def _record(self, event_dict: MutableMapping[str, Any]) -> dict[str, Any]:
        exception = _exception(event_dict.pop("exc_info", None), event_dict.pop("exception", None))
        kept = {key: self._scrub(value, 0) for key, value in event_dict.items() if key in self._keys}
        dropped = sum(key not in self._keys and not key.startswith("_") for key in event_dict)
        return kept | ({"dropped": dropped} if dropped else {}) | ({"exception": exception} if exception else {})

    def _scrub(self, value: Any, depth: int) -> Any:
        """Scrub strings wherever they are; what is no plain data shows its type alone."""
        if value is None or isinstance(value, (bool, float)):
            return value
        if isinstance(value, int):
            return value if abs(value) < _BIGGEST else self._text(str(value))
        if isinstance(value, (str, Path)):
            return self._text(str(value))
        if depth < _DEEPEST and isinstance(value, Mapping):
            return {self._text(str(key)): self._scrub(each, depth + 1) for key, each in value.items()}
        if depth < _DEEPEST and isinstance(value, (list, tuple, set, frozenset)):
            return [self._scrub(each, depth + 1) for each in value]
        return f"<{type(value).__name__}>"

    def _text(self, text: str) -> str:
        if _SAFE.fullmatch(text):
            return text
        plain = normalise(text[:_LONGEST]).text
        pieces: list[str] = []
        done = 0
        for span in resolve(self._rules.find(plain), plain):
            pieces += (plain[done : span.start], f"<{span.kind}>")
            done = span.end
        return "".join((*pieces, plain[done:], "…" if len(text) > _LONGEST else ""))


def redact_processor(logger: object, method: str, event_dict: MutableMapping[str, Any]) -> dict[str, Any]:
    """Process a record with the shipped list of keys and every recogniser."""
    return _default()(logger, method, event_dict)


@lru_cache(maxsize=1)
def _default() -> LogRedactor:
    return LogRedactor()


def _exception(info: Any, rendered: Any) -> dict[str, Any] | None:
    """Reduce an exception, raised or already rendered to text, to types and frames."""
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple):
        info = info[1]
    if isinstance(info, BaseException):
        return {"types": [type(each).__name__ for each in _chain(info)], "frames": _frames(info.__traceback__)}
    if isinstance(rendered, str):
        frames = [f"{Path(path).name}:{line}:{name}" for path, line, name in _FRAME.findall(rendered)]
        return {"types": _ERROR.findall(rendered)[::-1], "frames": frames}
    return None


def _chain(error: BaseException) -> list[BaseException]:
    """List an error and what it came from, without following a circle."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return chain


def _frames(trace: TracebackType | None) -> list[str]:
    return [f"{Path(each.filename).name}:{each.lineno}:{each.name}" for each in traceback.extract_tb(trace)]
