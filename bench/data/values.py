"""Made-up personal values with the forms and checksums of real ones, for the benchmark's messages."""

from __future__ import annotations

import string
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

LISTS = Path(__file__).parent / "lists"
_WORDS = {
    "0": "oh", "1": "one", "2": "two", "3": "three", "4": "four",
    "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine",
}  # fmt: skip


def words(name: str) -> list[str]:
    """Read a list, one value a line."""
    return (LISTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def digits(random: Random, count: int) -> str:
    """Give random digits."""
    return "".join(random.choices(string.digits, k=count))


def luhn(body: str) -> str:
    """Append the check digit of cards and South African ID numbers."""
    total = 0
    for index, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 — Luhn's own nine
    return body + str(-total % 10)


def iban(random: Random) -> str:
    """Make a German IBAN; its check digits are of ISO 13616, with D, E as 13, 14."""
    body = digits(random, 18)
    check = 98 - int(body + "131400") % 97
    return f"DE{check:02d}{body}"


def za_id(random: Random) -> str:
    """Make a South African ID number: date of birth, sequence, citizenship, check digit."""
    born = f"{random.randint(50, 99):02d}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    return luhn(born + digits(random, 4) + "08")


def spaced_id(random: Random) -> str:
    """Make an ID number in its printed groups."""
    number = za_id(random)
    return f"{number[:6]} {number[6:10]} {number[10:]}"


def plate(random: Random) -> str:
    """Make a number plate: Cape Town's, Durban's, or Gauteng's form."""
    forms = f"CA {digits(random, 3)}-{digits(random, 3)}", f"ND {digits(random, 5)}", f"KXV {digits(random, 3)} GP"
    return random.choice(forms)


def birth(random: Random) -> str:
    """Make a date of birth in words."""
    return f"{random.randint(1, 28)} {random.choice(['March', 'May', 'Oct'])} {random.randint(1955, 2004)}"


def phone(random: Random) -> str:
    """Make a South African number in one of its usual spellings."""
    area = random.choice(["82", "83", "72", "61", "11", "21", "31"])
    left, right = digits(random, 3), digits(random, 4)
    forms = ("0{a} {l} {r}", "0{a}{l}{r}", "+27 {a} {l} {r}", "+27{a}{l}{r}", "(0{a}) {l}-{r}", "0{a}-{l}-{r}")
    return random.choice(forms).format(a=area, l=left, r=right)


def name(random: Random) -> str:
    """Make a first name with a last name, at times with an initial."""
    middle = f" {random.choice('ABJMNST')}." if random.random() < 0.1 else ""  # noqa: PLR2004 — one in ten
    return f"{random.choice(words('given'))}{middle} {random.choice(words('surname'))}"


def street(random: Random) -> str:
    """Make a street with its number."""
    return f"{random.randint(1, 480)} {random.choice(words('streets'))}"


def address(random: Random) -> str:
    """Make a whole address, in one of its usual shapes."""
    parts = [street(random), random.choice(words("suburbs"))]
    if random.random() < 0.3:  # noqa: PLR2004 — some live in a complex
        parts.insert(0, f"Unit {random.randint(1, 90)} {random.choice(words('complexes'))}")
    if random.random() < 0.6:  # noqa: PLR2004 — and most name the town
        parts += [random.choice(words("towns")), digits(random, 4)]
    return ", ".join(parts)


def _plain(text: str) -> str:
    return "".join(each for each in text.lower() if each in string.ascii_lowercase)


def email(random: Random) -> str:
    """Make an address of a person or an office."""
    local = f"{_plain(random.choice(words('given')))}.{_plain(random.choice(words('surname')))}"
    return f"{random.choice([local, local.replace('.', ''), local + digits(random, 2)])}@{_host(random)}"


def _host(random: Random) -> str:
    return random.choice(words("mail_hosts"))


def username(random: Random) -> str:
    """Make a user name out of a name."""
    given, mark = _plain(random.choice(words("given"))), random.choice(["_", ".", ""])
    return f"{given}{mark}{random.choice(['za', 'dbn', 'x', 'work'])}{digits(random, 2)}"


def spoken(number: str) -> str:
    """Say digits in words."""
    return " ".join(_WORDS[each] for each in number if each.isdigit())


def _of(name_of_list: str) -> Callable[[Random], str]:
    return lambda random: random.choice(words(name_of_list))


def _number(count: int) -> Callable[[Random], str]:
    return lambda random: digits(random, count)


DISPUTED = "DISPUTED"  # numbers of orders, tickets, bank branches: some call them personal, so they count neither way

# Slot: (type of its label, how to make it); without a type it is not personal.
SLOTS: dict[str, tuple[str | None, Callable[[Random], str]]] = {
    "given": ("PERSON", _of("given")),
    "given2": ("PERSON", _of("given")),
    "given_glued": ("PERSON", _of("given")),
    "surname": ("PERSON", _of("surname")),
    "name": ("PERSON", name),
    "spelled": ("PERSON", lambda random: " ".join(_plain(random.choice(words("surname"))).upper())),
    "letter": (None, lambda random: random.choice("bdgkptz")),
    "phone": ("PHONE", phone),
    "phone_de": ("PHONE", lambda random: f"+49 {random.randint(151, 179)} {digits(random, 8)}"),
    "spoken_phone": ("PHONE", lambda random: spoken("0" + random.choice("678") + digits(random, 8))),
    "spoken_pin": ("SECRET", lambda random: spoken(digits(random, 4))),
    "email": ("EMAIL", email),
    "spoken_email": ("EMAIL", lambda random: email(random).replace("@", " at ").replace(".", " dot ")),
    "address": ("ADDRESS", address),
    "street": ("ADDRESS", street),
    "street2": ("ADDRESS", street),
    "street_de": ("ADDRESS", lambda random: f"{random.choice(words('streets_de'))} {random.randint(1, 99)}"),
    "unit": ("ADDRESS", lambda random: str(random.randint(1, 90))),
    "code": ("ADDRESS", _number(4)),
    "pobox": ("ADDRESS", lambda random: f"PO Box {digits(random, 4)}, {random.choice(words('towns'))}"),
    "suburb": ("LOCATION", _of("suburbs")),
    "town": ("LOCATION", _of("towns")),
    "town2": ("LOCATION", _of("towns")),
    "company": ("ORG", _of("companies")),
    "za_id": ("ID", za_id),
    "spaced_id": ("ID", spaced_id),
    "passport": ("ID", lambda random: random.choice("AM") + digits(random, 8)),
    "tax": ("ID", lambda random: random.choice("0123") + digits(random, 9)),
    "vat": ("ID", lambda random: "4" + digits(random, 9)),
    "cipc": ("ID", lambda random: f"20{random.randint(10, 24)}/{digits(random, 6)}/07"),
    "plate": ("ID", plate),
    "account": ("ACCOUNT", _number(10)),
    "iban": ("IBAN", iban),
    "card": ("CARD", lambda random: luhn("4" + digits(random, 14))),
    "wallet": ("CARD", lambda random: "0x" + "".join(random.choices("0123456789abcdef", k=40))),
    "ip": ("IP", lambda random: f"196.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(1, 254)}"),
    "username": ("ID", username),
    "pin": ("SECRET", _number(4)),
    "otp": ("SECRET", _number(6)),
    "password": ("SECRET", lambda random: random.choice(words("pets")) + random.choice("!@#") + digits(random, 4)),
    "pet": ("SECRET", _of("pets")),
    "birth": ("BIRTH", birth),
    "branch": (DISPUTED, lambda _: "470010"),
    "order": (DISPUTED, lambda random: f"{random.choice(['SO', 'INV-', ''])}{digits(random, 5)}"),
    "number": (None, lambda random: str(random.randint(2, 900))),
    "number2": (None, lambda random: str(random.randint(2, 900))),
    "error": (None, lambda random: random.choice(["404", "E1001", "500", "TLS-12"])),
    "version": (None, lambda random: f"{random.randint(9, 19)}.{random.randint(0, 9)}"),
    "promo": (None, lambda random: random.choice(["SPRING10", "WELCOME", "BLACKFRIDAY"])),
    "neutral_place": (None, _of("neutral_places")),
}  # fmt: skip
