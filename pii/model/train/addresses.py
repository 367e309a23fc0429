"""Made-up addresses in the ways that people write them, by country, and small plain fillers."""

import random
import string
from collections.abc import Callable
from functools import cache

from faker import Faker

from pii.model import labels
from pii.model.train.sources import cultures, fills, lines, places, plain

_SAID = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "x x twenty thirty forty fifty sixty seventy eighty ninety".split()
_FAKED = ("en_GB", "de_DE", "nl_NL", "fr_FR", "es_ES", "it_IT", "pt_BR", "sv_SE", "da_DK", "fi_FI", "pl_PL", "hu_HU", "cs_CZ", "en_IN", "en_AU", "en_CA", "is_IS", "no_NO", "de_AT", "sk_SK", "sl_SI", "hr_HR", "tr_TR")  # fmt: skip


def digits(rng: random.Random, k: int) -> str:
    """Return k digits, the first not zero."""
    return str(rng.randint(10 ** (k - 1), 10**k - 1))


def number(rng: random.Random) -> str:
    """Return a house number."""
    plain_number = str(rng.choice((rng.randint(1, 99), rng.randint(1, 999), rng.randint(1000, 9999), rng.randint(1, 40))))
    return plain_number + (rng.choice("ABCDabcd") if rng.random() < 0.08 else "")


def road(rng: random.Random) -> str:
    """Return a street without its number, as in English-speaking countries."""
    f, dice = fills(), rng.random()
    if dice < 0.07:
        return rng.choice((f"Highway {rng.randint(1, 120)}", f"Hwy {rng.randint(1, 120)}", f"California {rng.randint(1, 120)}", f"{rng.choice('RNM')}{rng.randint(1, 104)}", f"Route {rng.randint(1, 99)}", f"Avenue {rng.choice('ABCDE')}"))
    base = rng.choice(f["nature"]) if dice < 0.55 else cultures()["census"].last(rng) if dice < 0.8 else cultures()["us"].first(rng)
    side = rng.choice(("North ", "N ", "South ", "S. ", "East ", "E ", "West ", "W ", "N. ", "Northeast ", "SW ")) if rng.random() < 0.12 else ""
    if rng.random() < 0.04:
        return f"{side}{rng.choice(('Broadway', 'The Embarcadero', 'El Camino Real', 'Broadway St', 'The Alameda', 'Rodeo Drive'))}"
    return f"{side}{base} {rng.choice(f['street_types_en'])}"


def za_road(rng: random.Random) -> str:
    """Return a South African street without its number, in English or Afrikaans."""
    dice = rng.random()
    base = rng.choice(lines("streets_za.txt")) if dice < 0.6 else cultures()["za"].last(rng) if dice < 0.75 else rng.choice(fills()["nature"])
    if rng.random() < 0.08:
        return rng.choice((f"{base}straat", f"{base} Straat", f"{base}weg", f"{base}laan", f"{base} Rylaan", f"{base}singel", f"{rng.randint(1, 30)}th Avenue", f"{rng.randint(1, 30)}de Laan"))
    return f"{base} {rng.choice(fills()['street_types_za'])}"


def extra(rng: random.Random) -> str:
    """Return a unit within a building, American way."""
    n = rng.choice((digits(rng, 1), digits(rng, 2), digits(rng, 3), f"{digits(rng, 1)}{rng.choice('ABCDEF')}", rng.choice("ABCDEFGH")))
    return rng.choice((f"# {n}", f"#{n}", f"Apt {n}", f"Apt. {n}", f"Suite {n}", f"Ste {n}", f"Unit {n}", f"apartment {n}", f"Floor {digits(rng, 1)}", f"Ste. {n}", f"Bldg {n}", f"suite #{n}"))


def street_only(rng: random.Random) -> str:
    """Return a street name alone."""
    return za_road(rng) if rng.random() < 0.35 else road(rng)


def street(rng: random.Random) -> str:
    """Return number and street, sometimes with a unit."""
    if rng.random() < 0.3:
        return za_street(rng)
    tail = f"{rng.choice((' ', ', '))}{extra(rng)}" if rng.random() < 0.25 else ""
    return f"{number(rng)} {road(rng)}{tail}"


def za_street(rng: random.Random) -> str:
    """Return a South African number and street, sometimes with unit and complex."""
    base = f"{number(rng)} {za_road(rng)}" if rng.random() < 0.93 else f"{za_road(rng)} {number(rng)}"
    if rng.random() < 0.3:
        n = rng.choice((digits(rng, 1), digits(rng, 2), digits(rng, 3), f"{rng.choice('ABCD')}{digits(rng, 1)}"))
        unit = rng.choice((f"Unit {n}", f"Flat {n}", f"No {n}", f"No. {n}", f"Shop {n}", f"Apartment {n}", f"House {n}", f"Room {n}", f"Block {rng.choice('ABCD')} {n}", n, f"Door {n}"))
        base = f"{unit}{rng.choice((', ', ' '))}{rng.choice(lines('complexes.txt')) + rng.choice((', ', ' ')) if rng.random() < 0.6 else ''}{base}"
    return base


def pobox(rng: random.Random) -> str:
    """Return a postal box, sometimes with town and code."""
    box = rng.choice(("PO Box", "P.O. Box", "P O Box", "po box", "Private Bag", "Private Bag X", "Postbus", "Posbus", "Postfach", "Box", "Private Bag X"))
    base = f"{box}{'' if box.endswith('X') else ' '}{digits(rng, rng.choice((2, 3, 4, 5)))}"
    if rng.random() < 0.15:
        base = f"{rng.choice(('Postnet Suite', 'PostNet Suite', 'Suite'))} {digits(rng, 2)}, {base}"
    town = rng.choice(places().za_cities) if rng.random() < 0.6 else places().city(rng)
    return f"{base}{rng.choice((', ', ' '))}{town}{rng.choice((', ', ' '))}{digits(rng, 4)}" if rng.random() < 0.6 else base


def postcode(rng: random.Random) -> str:
    """Return a postal code of some country."""
    return rng.choice((digits(rng, 5), digits(rng, 5), f"0{digits(rng, 3)}", digits(rng, 4), uk_code(rng), f"{digits(rng, 5)}-{digits(rng, 4)}", f"{digits(rng, 4)} {''.join(rng.choices(string.ascii_uppercase, k=2))}"))


def uk_code(rng: random.Random) -> str:
    """Return a British postcode."""
    a = rng.choice(("SW", "N", "E", "SE", "M", "B", "LS", "EH", "CF", "BT", "CB", "OX", "W", "NW", "G", "L", "S", "RG"))
    gap = rng.choice((" ", " ", ""))
    return f"{a}{rng.randint(1, 29)}{gap}{rng.randint(1, 9)}{''.join(rng.choices('ABDEFGHJLNPQRSTUWXYZ', k=2))}"


def us_address(rng: random.Random) -> str:
    """Return an American address."""
    sep = rng.choice((", ", ", ", " ", "  ", "\n"))
    state = rng.choice(places().state_codes if rng.random() < 0.75 else places().states)
    return rng.choice((
        f"{street(rng)}{sep}{places().city(rng)}{rng.choice((', ', ' '))}{state} {digits(rng, 5)}", f"{street(rng)}{sep}{places().city(rng)}, {state}",
        f"{street(rng)}{sep}{places().city(rng)}", f"{number(rng)} {road(rng)}{sep}{extra(rng)}{sep}{places().city(rng)}, {state} {digits(rng, 5)}",
    ))  # fmt: skip


def uk_address(rng: random.Random) -> str:
    """Return a British address."""
    sep = rng.choice((", ", ", ", " ", "\n"))
    flat = f"{rng.choice(('Flat', 'Unit', 'Apartment'))} {digits(rng, 1)}{sep}" if rng.random() < 0.25 else ""
    return f"{flat}{number(rng)} {road(rng)}{sep}{places().city(rng)}{sep}{uk_code(rng)}"


def za_address(rng: random.Random) -> str:
    """Return a South African address, whole or in part, also of farms, stands and extensions."""
    sep = rng.choice((", ", ", ", ", ", " ", "\n"))
    place, town = rng.choice(places().suburbs), rng.choice(("Johannesburg", "Cape Town", "Durban", "Pretoria", "Gqeberha", "Bloemfontein", "Polokwane", "East London", rng.choice(places().za_cities)))
    code = rng.choice((digits(rng, 4), f"0{digits(rng, 3)}"))
    s = za_street(rng)
    if rng.random() < 0.08:
        s = rng.choice((f"Stand {digits(rng, 4)}", f"{digits(rng, 4)} Zone {digits(rng, 1)}", f"Erf {digits(rng, 3)}", f"Plot {digits(rng, 2)}", f"House {digits(rng, 3)}, Extension {digits(rng, 1)}", f"{digits(rng, 4)} Section {rng.choice('ABCDEFGHK')}", f"Ward {digits(rng, 1)} {place}", f"{digits(rng, 3)} Ext {digits(rng, 1)}"))
    province = f"{sep}{rng.choice(('Gauteng', 'KwaZulu-Natal', 'KZN', 'Western Cape', 'Eastern Cape', 'Limpopo', 'Free State'))}" if rng.random() < 0.08 else ""
    return rng.choice((f"{s}{sep}{place}", f"{s}{sep}{place}{sep}{town}", f"{s}{sep}{place}{sep}{town}{province}{sep}{code}", f"{s}{sep}{town}{rng.choice((sep, ' '))}{code}", f"{s}{sep}{place}{rng.choice((sep, ' '))}{code}", s))


@cache
def _faked() -> tuple[str, ...]:
    """Return addresses by Faker, drawn once with a seed of their own."""
    found = []
    for i, locale in enumerate(_FAKED):
        fake = Faker(locale)
        fake.seed_instance(i)
        for _ in range(350):
            lead = f"{fake.street_address()}, {fake.postcode()} {fake.city()}" if i % 2 else f"{fake.street_address()}, {fake.city()} {fake.postcode()}"
            found += [lead, fake.address()]
    return tuple(found)


def faked(rng: random.Random) -> str:
    """Return an address of another country."""
    text = rng.choice(_faked())
    if rng.random() < 0.5:
        text = text.replace("\n", rng.choice((", ", " ")))
    return plain(text) if rng.random() < 0.3 else text


def odd(rng: random.Random) -> str:
    """Return an address in the loose ways of template text: unit, foreign street, town, country, code."""
    f = rng.choice(_faked()).split("\n")[0].split(",")[0]
    sep = rng.choice((" ", "\n", "\n ", ", "))
    town = places().city(rng)
    land = rng.choice((rng.choice(places().countries), rng.choice(places().state_codes), ""))
    unit = rng.choice(("", f"{sep}Apt. {digits(rng, 3)}", f"{sep}Suite {digits(rng, 3)}"))
    return rng.choice((f"{digits(rng, 2)} {f}{unit}{sep}{town}{sep}{land} {digits(rng, 5)}", f"{f}{unit}{sep}{town}{sep}{land} {digits(rng, 5)}", f"{f}, {town}", f"Unit {digits(rng, 4)} Box {digits(rng, 4)}{sep}DPO AP {digits(rng, 5)}", f"PSC {digits(rng, 4)}, Box {digits(rng, 4)}{sep}APO {rng.choice(('AA', 'AE', 'AP'))} {digits(rng, 5)}", f"USNV {cultures()['census'].last(rng)}{sep}FPO {rng.choice(('AA', 'AE', 'AP'))} {digits(rng, 5)}", f"{digits(rng, 2)} {f}{sep}{town}{sep}{digits(rng, 5)}"))


def address(rng: random.Random) -> str:
    """Return an address of anywhere."""
    return rng.choices((us_address, za_address, uk_address, faked, odd, pobox, street), (30, 26, 8, 12, 10, 5, 9))[0](rng)


def _in_words(n: int) -> str:
    if n < 10:
        return _SAID[n]
    if n < 20:
        return _TEENS[n - 10]
    if n < 100:
        return _TENS[n // 10] + (f" {_SAID[n % 10]}" if n % 10 else "")
    return f"{_SAID[n // 100]} {rng_free(n)}"


def rng_free(n: int) -> str:
    """Return the rest of a hundred as it is said in house numbers."""
    rest = n % 100
    return "hundred" if not rest else f"oh {_SAID[rest]}" if rest < 10 else _in_words(rest)


def spoken_address(rng: random.Random) -> str:
    """Return an address as speech recognition writes it."""
    n = rng.choice((_in_words(rng.randint(1, 99)), _in_words(rng.randint(100, 999)), str(rng.randint(1, 999))))
    flat = f"{rng.choice(('flat', 'unit', 'apartment'))} {_in_words(rng.randint(1, 40))} " if rng.random() < 0.25 else ""
    town = places().city(rng) if rng.random() < 0.6 else rng.choice(places().suburbs)
    tail = f" {spoken_code(rng)}" if rng.random() < 0.25 else ""
    return f"{flat}{n} {street_only(rng)}{f' {town}' if rng.random() < 0.7 else ''}{tail}".lower().replace(".", "")


def spoken_code(rng: random.Random) -> str:
    """Return a postcode said sign by sign."""
    code = uk_code(rng) if rng.random() < 0.7 else digits(rng, 4)
    words = [_SAID[int(c)] if c.isdigit() and rng.random() < 0.6 else c.lower() for c in code if c != " "]
    return " ".join(words) if rng.random() < 0.7 else code.lower()


def plate(rng: random.Random) -> str:
    """Return a South African number plate."""
    letters = lambda k: "".join(rng.choices("BCDFGHJKLMNPRSTVWXYZ", k=k))  # noqa: E731 — used twice in the next line alone
    return rng.choice((f"CA {digits(rng, 3)}-{digits(rng, 3)}", f"{letters(2)} {digits(rng, 2)} {letters(2)} GP", f"ND {digits(rng, 6)}", f"{letters(3)} {digits(rng, 3)} {rng.choice(('GP', 'L', 'MP', 'NW', 'FS', 'EC'))}", f"CY {digits(rng, 5)}"))


def place(rng: random.Random) -> str:
    """Return a city, suburb, country or state."""
    where = places()
    return rng.choices((where.city(rng), rng.choice(where.za_cities), rng.choice(where.suburbs), rng.choice(where.countries), rng.choice(where.states), f"{where.city(rng)}, {rng.choice(where.state_codes)}"), (45, 8, 12, 22, 8, 5))[0]


_SPREAD: dict[str, Callable[[random.Random], str]] = {
    "num": lambda r: str(r.choice((r.randint(1, 20), r.randint(1, 100), r.randint(2, 9)))), "num_box": lambda r: digits(r, 4), "year": lambda r: str(r.randint(1940, 2026)),
    "time": lambda r: r.choice((f"{r.randint(1, 12)}{r.choice(('am', 'pm', ' pm', ' am'))}", f"{r.randint(1, 23)}:{r.randint(10, 59)}", "noon", "half past seven", "eight o'clock", "8:30 pm")),
    "day": lambda r: r.choice("Monday Tuesday Wednesday Thursday Friday Saturday Sunday tomorrow".split()),
    "month": lambda r: r.choice("January February March April May June July August September October November December".split()),
    "date": lambda r: r.choice((f"{r.randint(1, 28)} {_SPREAD['month'](r)}", f"the {r.randint(4, 20)}th", f"{r.randint(1, 28)}/{r.randint(1, 12)}/{r.randint(1950, 2026)}", f"{_SPREAD['month'](r)} {r.randint(1, 28)}", "next friday", f"{r.randint(1, 28)} {_SPREAD['month'](r)} {r.randint(1950, 2026)}")),
    "letter": lambda r: r.choice(string.ascii_lowercase), "url": lambda r: f"www.{r.choice(fills()['org_word']).lower().replace(' ', '')}.co.za", "demonym": lambda r: r.choice(places().demonyms),
}  # fmt: skip


def small(slot: str, rng: random.Random) -> str:
    """Return a plain filler: a number, a time, a day."""
    return _SPREAD[slot](rng)


def _other(code: str) -> Callable[[random.Random], str]:
    """Return a verb that draws Faker's addresses of one locale."""
    index = _FAKED.index(code)
    return lambda rng: rng.choice(_faked()[index * 700 : (index + 1) * 700]).replace("\n", ", ")


_ADDRESS, _PLACE = labels.STREET_ADDRESS, labels.LOCATION
SLOTS: tuple[tuple[str, str, Callable[[random.Random], str]], ...] = (
    ("addr", _ADDRESS, address), ("street", _ADDRESS, street), ("street_only", _ADDRESS, street_only), ("pobox", _ADDRESS, pobox), ("postcode", _ADDRESS, postcode),
    ("za_addr", _ADDRESS, za_address), ("za_street", _ADDRESS, za_street), ("za_code", _ADDRESS, lambda r: digits(r, 4)), ("complex", _ADDRESS, lambda r: r.choice(lines("complexes.txt"))),
    ("za_addr_af", _ADDRESS, lambda r: f"{za_road(r)} {number(r)}, {r.choice(places().suburbs)}" if r.random() < 0.6 else za_address(r)),
    ("unit", _ADDRESS, lambda r: f"{r.choice(('Unit', 'Flat', 'No', 'No.', 'House', 'Stand', 'Erf', 'Block', 'Apt', 'Suite', 'Room', 'Shop', 'Apt.', 'Plot'))} {digits(r, r.choice((1, 2, 3)))}"),
    ("spoken_addr", _ADDRESS, spoken_address), ("spoken_postcode", _ADDRESS, spoken_code), ("de_addr", _ADDRESS, _other("de_DE")), ("nl_addr", _ADDRESS, _other("nl_NL")),
    ("fr_addr", _ADDRESS, _other("fr_FR")), ("es_addr", _ADDRESS, _other("es_ES")), ("de_city", _PLACE, lambda r: r.choice(("Berlin", "Hamburg", "München", "Köln", "Leipzig", "Bremen", "Dresden", "Wien", "Zürich", "Kassel", "Essen", "Bonn"))),
    ("city", _PLACE, lambda r: places().city(r)), ("za_city", _PLACE, lambda r: r.choice(places().za_cities)), ("suburb", _PLACE, lambda r: r.choice(places().suburbs)),
    ("country", _PLACE, lambda r: r.choice(places().countries)), ("state", _PLACE, lambda r: r.choice(places().states + places().state_codes)), ("place", _PLACE, place),
    ("hash_place", _PLACE, lambda r: places().city(r).replace(" ", "")),
)  # fmt: skip
