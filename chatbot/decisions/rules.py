"""The registers that decisions, incidents and records keep to, read once at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from consent.incidents import Kinds
from consent.records import Records

if TYPE_CHECKING:
    from pathlib import Path


class Rules(NamedTuple):
    """Kinds of incidents, and how long each kind of record is kept."""

    incidents: Kinds
    records: Records


def load_rules(registers: Path) -> Rules:
    """Read both registers; raise ``DataError`` when a row is wrong or missing."""
    return Rules(Kinds.load(registers / "incidents.yaml"), Records.load(registers / "records.yaml"))
