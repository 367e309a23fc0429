"""Data files are read here, once and strictly: a wrong file says which line of it is wrong, and stops the start.

Law, notices and registers are YAML. Each file has one pydantic model; unknown keys, doubled keys, and wrong
types are refused, because a typing error in a law table must never become a silent default.
"""

import hashlib
import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

_M = TypeVar("_M", bound=BaseModel)


class DataError(ValueError):
    """A data file is missing or wrong; the message names the file and the place, and how to mend it."""


class Row(BaseModel):
    """The base of every data row: immutable, and no key beyond the declared ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)


class _Strict(yaml.CSafeLoader):
    """A safe loader that refuses a key written twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        doubled = {str(key) for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else set()
        if doubled:
            raise yaml.constructor.ConstructorError(
                None, None, f"written twice: {', '.join(sorted(doubled))}", node.start_mark
            )
        return super().construct_mapping(node, deep=deep)


def parse(path: Path) -> Any:
    """Return the plain content of a YAML file; raise ``DataError`` when it is missing or not YAML."""
    try:
        return yaml.load(path.read_bytes(), Loader=_Strict)  # noqa: S506 — a subclass of CSafeLoader
    except OSError as error:
        raise DataError(f"{path.name}: cannot be read ({error.strerror}); put the file back") from error
    except yaml.YAMLError as error:
        raise DataError(f"{path.name}: not valid YAML: {error}") from error


def read(path: Path, model: type[_M]) -> _M:
    """Return the file as its model; raise ``DataError`` that lists every wrong place."""
    return check(parse(path), model, path.name)


def check(raw: Any, model: type[_M], name: str) -> _M:
    """Validate plain data as its model; ``name`` is what the error calls the file."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise DataError(f"{name}: {places}") from error


def canonical(value: Any) -> bytes:
    """Return the one JSON spelling of a value: sorted keys, no spaces, UTF-8; dates as ISO text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON, in hex: the version of any piece of content."""
    return hashlib.sha256(canonical(value)).hexdigest()
