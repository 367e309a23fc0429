"""What goes into a slot of a template: shapes filled again and again, down to names, places and random signs."""

import random
import re
from collections.abc import Callable, Sequence
from functools import cache

from faker import Faker

from pii.model.train.chance import chance, digit_word, in_words, sign_by_sign, signs
from pii.model.train.cultures import cultures
from pii.model.train.example import PLAIN, Segment
from pii.model.train.lists import lines, plain, read
from pii.model.train.places import places

Verb = Callable[[random.Random], str]

_SIGNS = re.compile(r"([dnAaXm])(\d+)")
_SLOT = re.compile(r"\{(\w+)\}")
_INNER = re.compile(r"\(([^()]*)\)")
_FAKED_EACH = 350


def settle(line: str, rng: random.Random) -> str:
    """Pick one of every `(a|b)`, innermost first."""
    count = 1
    while count:
        line, count = _INNER.subn(lambda m: rng.choice(m.group(1).split("|")), line)
    return line


@cache
def faked(locale: str) -> tuple[str, ...]:
    """Return addresses of one locale by Faker, drawn with a seed of their own."""
    fake = Faker(locale)
    fake.seed_instance(len(locale) + ord(locale[-1]))
    found = []
    for _ in range(_FAKED_EACH):
        street, city, code = fake.street_address(), fake.city(), fake.postcode()
        found += [f"{street}, {code} {city}", f"{street}, {city} {code}", fake.address()]
    return tuple(found)


def _weighed(shape: str) -> tuple[int, str]:
    """Return the weight in front of a shape, and the shape."""
    weight, star, rest = shape.partition("* ")
    return (int(weight), rest) if star and weight.isdigit() else (1, shape)


def _one_of(entries: Sequence[str]) -> Verb:
    return lambda rng: rng.choice(entries).replace("\n", ", ")


class Slots:
    """Fills slots; plain sentences of the labelled sets may stand for clauses."""

    def __init__(self, sentences: Sequence[str]) -> None:
        table, mix = read("shapes"), read("mix")
        self._kinds = {slot: kind for kind, slots in table["kinds"].items() for slot in slots}
        self._shapes = {slot: [_weighed(shape) for shape in shapes] for slot, shapes in table["shapes"].items()}
        self._sentences = sentences
        self._cultures, self._drawn, self._weights = cultures(), list(mix["weights"]), list(mix["weights"].values())
        self._tongues, self._locales = mix["tongues"], mix["addresses"]["locales"]
        self._nicknames = " ".join(lines("nicknames.txt")).split()
        self._verbs = self._table()

    def __call__(self, slot: str, rng: random.Random) -> Segment:
        """Return a filled slot and its kind."""
        return Segment(self.text(slot, rng), self.kind(slot))

    def kind(self, slot: str) -> str:
        """Return the kind of a slot; a culture's slot is of the kind of the general one."""
        own, _, general = slot.partition("_")
        found = self._kinds.get(slot)
        return found if found is not None else self._kinds.get(general, PLAIN) if own in self._tongues else PLAIN

    def text(self, slot: str, rng: random.Random, culture: str = "") -> str:
        """Return the text of a slot; within a full name all parts are of one culture."""
        if slot in self._verbs:
            return self._verbs[slot](rng)
        if made := _SIGNS.fullmatch(slot):
            return signs(made[1], int(made[2]), rng)
        own, _, general = slot.partition("_")
        if own in self._tongues and general in ("first", "last", "full", "name"):
            return self.text(general, rng, self._tongues[own])
        if slot in ("first", "last"):
            return self._name(slot, rng, culture)
        if slot == "full" and not culture and chance(rng, 0.85):
            culture = rng.choices(self._drawn, self._weights)[0]
        if slot in self._shapes:
            weights, shapes = zip(*self._shapes[slot], strict=True)
            shape = settle(rng.choices(shapes, weights)[0], rng)
            return _SLOT.sub(lambda m: self.text(m[1], rng, culture), shape).replace("⟨", "(").replace("⟩", ")")
        return str(rng.choice(read("fills")[slot]))

    def _name(self, slot: str, rng: random.Random, culture: str) -> str:
        if slot == "first" and not culture and chance(rng, 0.12):
            return rng.choice(self._nicknames).title()
        of = self._cultures[culture or rng.choices(self._drawn, self._weights)[0]]
        name = of.first(rng) if slot == "first" else of.last(rng)
        if slot == "last" and chance(rng, 0.03):
            name += "-" + of.last(rng)
        return plain(name) if chance(rng, 0.3) else name

    def _spelled(self, rng: random.Random) -> str:
        """Return a name said letter by letter."""
        name = re.sub(r"[ '-]", "", plain(self._name(rng.choice(("first", "last", "last")), rng, "")))[:9]
        return rng.choice((" ", " ", "-", ". ", ", ")).join(name.upper() if chance(rng, 0.5) else name)

    def _small(self, slot: str) -> Verb:
        """Return a verb for a name as it stands in user names: small, one word, no accents."""
        return lambda rng: re.sub(r"[^a-z]", "", plain(self._name(slot, rng, "")).lower())

    def _clause(self, rng: random.Random) -> str:
        if self._sentences and chance(rng, 0.5):
            return rng.choice(self._sentences).rstrip(".?! ")
        return str(rng.choice(read("fills")["clause"]))

    def _faked(self, rng: random.Random) -> str:
        text = rng.choice(faked(rng.choice(self._locales)))
        text = text.replace("\n", rng.choice((", ", " "))) if chance(rng, 0.5) else text
        return plain(text) if chance(rng, 0.3) else text

    def _spoken_address(self, rng: random.Random) -> str:
        flat = (
            f"{rng.choice(('flat', 'unit', 'apartment'))} {in_words(signs('d', 1, rng))} "
            if chance(rng, 0.25)
            else ""
        )
        digits = signs("d", rng.randint(1, 3), rng)
        town = f" {self.text(rng.choice(('city', 'city', 'suburb')), rng)}" if chance(rng, 0.7) else ""
        code = f" {self._spoken_code(rng)}" if chance(rng, 0.25) else ""
        number = in_words(digits) if chance(rng, 0.65) else digits
        return f"{flat}{number} {self.text('street_only', rng)}{town}{code}".lower().replace(".", "")

    def _spoken_code(self, rng: random.Random) -> str:
        code = self.text(rng.choice(("uk_code", "uk_code", "d4")), rng)
        return sign_by_sign(code, rng) if chance(rng, 0.7) else code.lower()

    def _table(self) -> dict[str, Verb]:
        where = places()
        entries: dict[str, Sequence[str]] = {
            "za_city": where.by_country["ZA"],
            "us_city": where.by_country["US"],
            "gb_city": where.by_country["GB"],
            "country": where.countries,
            "states": where.states,
            "state_codes": where.state_codes,
            "suburb": where.suburbs,
            "streets_za": lines("streets_za.txt"),
            "complex": lines("complexes.txt"),
        }
        verbs = {slot: _one_of(listed) for slot, listed in entries.items()}
        verbs |= {
            f"faked_{tongue}": _one_of(faked(f"{tongue}_{tongue.upper()}")) for tongue in ("de", "nl", "fr", "es")
        }
        return verbs | {
            "city": where.city,
            "hash_place": lambda rng: where.city(rng).replace(" ", ""),
            "hash_person": lambda rng: self.text("full", rng).replace(" ", ""),
            "zu_join": lambda rng: self.text("zu_name", rng),
            "xh_join": lambda rng: self.text("xh_name", rng),
            "spelled": self._spelled,
            "clause": self._clause,
            "faked": self._faked,
            "faked_street": lambda rng: re.split(r"[\n,]", rng.choice(faked(rng.choice(self._locales))))[0],
            "spoken_addr": self._spoken_address,
            "spoken_postcode": self._spoken_code,
            "said": digit_word,
            "u1": lambda rng: signs("a", 1, rng),
            "uf": self._small("first"),
            "ul": self._small("last"),
            "uw": lambda rng: rng.choice(read("fills")["nature"]).replace(" ", "").lower(),
            "word": lambda rng: rng.choice(read("fills")["nature"] + read("fills")["secret"]).split()[0],
        }
