"""Given names and surnames by culture.

Sources: Faker (MIT), United States census lists (public domain, by the `names` package), and for South Africa
the lists beside this file, which are our own.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

import names
from faker import Faker

from pii.model.train.lists import lines, read

_PARTICLES = {"De", "Du", "Le", "La"}
_CENSUS_SURNAMES = 30_000
_RARE = 0.005  # what the rarest surname weighs beside the root of its frequency


@dataclass(frozen=True)
class Culture:
    """Given names and surnames of one culture; `weights` are cumulative where frequencies are known."""

    given: list[str]
    sur: list[str]
    weights: list[float] | None = None

    def first(self, rng: random.Random) -> str:
        """Draw a given name."""
        return rng.choice(self.given)

    def last(self, rng: random.Random) -> str:
        """Draw a surname, by frequency where that is known."""
        if self.weights is None:
            return rng.choice(self.sur)
        return rng.choices(self.sur, cum_weights=self.weights)[0]


def _surnames(words: Iterable[str]) -> list[str]:
    """Join particles to what they belong to: De + Beer, Van-der-Merwe."""
    joined: list[str] = []
    particle = ""
    for word in words:
        if word in _PARTICLES:
            particle = f"{word} "
            continue
        spaced = word.replace("-", " ") if word.startswith(("Van-", "Janse-")) else word
        joined.append(particle + spaced)
        particle = ""
    return joined


def _faked(locale: str, kind: str) -> Iterable[str]:
    """Return all names of a kind that Faker has for a locale."""
    for provider in Faker(locale).providers:
        if "person" in type(provider).__module__:
            for attribute in dir(provider):
                if attribute.startswith(kind) and not callable(getattr(provider, attribute)):
                    yield from getattr(provider, attribute)


def _of_locales(locales: Sequence[str]) -> Culture:
    given, sur = (
        sorted({n for locale in locales for n in _faked(locale, kind)}) for kind in ("first_names", "last_names")
    )
    return Culture([name for name in given if name[:1].isalpha()], sur)


def _rows(name: str) -> list[list[str]]:
    return [line.split() for line in Path(names.full_path(name)).read_text().splitlines()]


def _census() -> Culture:
    """Read the census lists; surnames are drawn by the square root of their frequency."""
    rows = _rows("dist.all.last")[:_CENSUS_SURNAMES]
    given = {row[0].title() for part in ("dist.male.first", "dist.female.first") for row in _rows(part)}
    weights = list(accumulate(float(row[1]) ** 0.5 + _RARE for row in rows))
    return Culture(sorted(given), [row[0].title() for row in rows], weights)


@cache
def cultures() -> dict[str, Culture]:
    """Return every culture by its short name."""
    given = " ".join(lines("given_za.txt")).split()
    sur = _surnames(" ".join(lines("surnames_za.txt")).split())
    found = {name: _of_locales(locales) for name, locales in read("mix")["locales"].items()}
    return found | {"za": Culture(given, sur), "census": _census()}
