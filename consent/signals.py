"""Privacy signals of the browser: Global Privacy Control as its draft says, Do Not Track as a courtesy.

``Sec-GPC`` counts only as exactly ``1``; any other value is ignored, and one ``1`` among several headers is a ``1``
(W3C Global Privacy Control, editor's draft of 3 April 2026). A later explicit yes of the visitor wins over either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

_ON = "1"


@dataclass(frozen=True)
class Signals:
    """What the browser asks for on its visitor's behalf."""

    gpc: bool
    dnt: bool

    @property
    def objects(self) -> bool:
        """Whether sharing and advertising are off, and no banner asks for them."""
        return self.gpc or self.dnt


def read(headers: Iterable[tuple[str, str]]) -> Signals:
    """Return the signals among request headers, whose names may be in any case."""
    values = [(name.lower(), value.strip()) for name, value in headers]
    return Signals(gpc=("sec-gpc", _ON) in values, dnt=("dnt", _ON) in values)


def effective(standing: Mapping[str, bool], signals: Signals, concerned: Iterable[str]) -> dict[str, bool]:
    """Return what may happen: an explicit answer stands; without one, a signal means no for what it concerns."""
    objected = {purpose: False for purpose in concerned if signals.objects and purpose not in standing}
    return {**standing, **objected}


def support(since: date) -> dict[str, object]:
    """Return the body of ``/.well-known/gpc.json``: this site honours the signal since a day."""
    return {"gpc": True, "lastUpdate": since.isoformat()}
