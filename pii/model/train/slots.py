"""What goes into a slot: names, accounts and plain fillers. Addresses are in `addresses`."""

import random
import string
from collections.abc import Callable

from pii.model import labels
from pii.model.train import addresses
from pii.model.train.example import PLAIN, Segment
from pii.model.train.sources import WEIGHTS, Culture, cultures, fills, lines, places, plain

_DIGIT_WORDS = "zero one two three four five six seven eight nine".split()


class Slots:
    """Fills slots; plain sentences of the labelled sets may join the clauses."""

    def __init__(self, sentences: list[str]) -> None:
        self._sentences = sentences
        self._cultures = cultures()
        self._names = list(WEIGHTS)
        self._weights = list(WEIGHTS.values())
        self._nicknames = " ".join(lines("nicknames.txt")).split()
        self._verbs: dict[str, Callable[[random.Random], Segment]] = self._table()

    def __call__(self, slot: str, rng: random.Random) -> Segment:
        """Return a filled slot."""
        if slot in self._verbs:
            return self._verbs[slot](rng)
        return Segment(self._plain(slot, rng), PLAIN)

    def _culture(self, rng: random.Random, only: str = "") -> Culture:
        return self._cultures[only or rng.choices(self._names, self._weights)[0]]

    def first(self, rng: random.Random, only: str = "") -> str:
        """Return a given name; sometimes a nickname, sometimes without accents."""
        if not only and rng.random() < 0.12:
            return rng.choice(self._nicknames).title()
        name = self._culture(rng, only).first(rng)
        return plain(name) if rng.random() < 0.3 else name

    def last(self, rng: random.Random, only: str = "") -> str:
        """Return a surname, now and then a double one."""
        culture = self._culture(rng, only)
        name = culture.last(rng)
        if rng.random() < 0.03:
            name += "-" + culture.last(rng)
        return plain(name) if rng.random() < 0.3 else name

    def full(self, rng: random.Random, only: str = "") -> str:
        """Return given name and surname, mostly of one culture, with initials and middle names at times."""
        if not only and rng.random() < 0.85:
            only = rng.choices(self._names, self._weights)[0]
        first, last, dice = self.first(rng, only), self.last(rng, only), rng.random()
        if dice < 0.05:
            return f"{first} {self.first(rng, only)} {last}"
        if dice < 0.10:
            return f"{first} {rng.choice(string.ascii_uppercase)}{rng.choice(('.', ''))} {last}"
        if dice < 0.14:
            return f"{first[0]}{rng.choice(('. ', ' ', '.', ''))}{last}" if dice > 0.12 else f"{first[0]}.{rng.choice('ABJMPST')}. {last}"
        if dice < 0.17:
            return f"{last}, {first}"
        return f"{first} {last}"

    def spelled(self, rng: random.Random, only: str = "") -> str:
        """Return a name said letter by letter."""
        name = plain(self.last(rng, only) if rng.random() < 0.6 else self.first(rng, only)).replace(" ", "").replace("-", "")[:9]
        return rng.choice((" ", " ", "-", ". ", ", ")).join(name.upper() if rng.random() < 0.5 else name)

    def name(self, rng: random.Random, only: str = "") -> str:
        """Return a name in any of its forms."""
        dice = rng.random()
        if dice < 0.4:
            return self.first(rng, only)
        return self.last(rng, only) if dice < 0.5 else self.full(rng, only)

    def user(self, rng: random.Random) -> str:
        """Return a user name."""
        first, last = (plain(x).replace(" ", "").replace("'", "").lower() for x in (self.first(rng), self.last(rng)))
        word = rng.choice(fills()["nature"]).replace(" ", "").lower()
        return rng.choice(
            (
                f"{first[0]}{last}{rng.randint(0, 999)}", f"{first[:1]}{last[:6]}{rng.randint(1, 999)}", f"{first}{rng.randint(1, 2010)}",
                f"{first}.{last}", f"{first}_{last}", f"{first}{last}", f"{word}{rng.randint(1, 99)}", f"{first}{last[0]}{rng.randint(1, 99)}",
                f"{word}_{first}", f"{last}{first[0]}", f"{first}-{word}", f"x{first}x", f"{word}king{rng.randint(1, 99)}", f"@{first}{last[:3]}",
                f"{last[:5]}{rng.randint(100, 999)}", f"{first[:3]}{last[:3]}{rng.randint(1, 99999)}",
            )
        )  # fmt: skip

    def password(self, rng: random.Random) -> str:
        """Return a password, from good to bad."""
        word = rng.choice(fills()["nature"] + fills()["secret"]).split()[0]
        return rng.choice(
            (
                f"{word}{rng.randint(1, 2030)}{rng.choice('!@#$%&*?')}", f"{word.lower()}{rng.randint(1, 9999)}",
                "".join(rng.choices(string.ascii_letters + string.digits + "!@#$%", k=rng.randint(6, 14))),
                f"P@ss{rng.randint(1, 999)}word", f"{word}@{rng.randint(1980, 2026)}", f"{self.first(rng)}{rng.randint(1, 99)}", "qwerty123", word.lower(),
                "letmein" + str(rng.randint(1, 99)), "-".join(rng.choices([w.lower() for w in fills()["nature"] if " " not in w], k=3)),
            )
        )  # fmt: skip

    def code(self, rng: random.Random) -> str:
        """Return an account, order or identity number."""
        k = rng.randint(4, 13)
        digits = "".join(rng.choices(string.digits, k=k))
        mixed = "".join(rng.choices(string.ascii_uppercase + string.digits, k=max(k, 6)))
        grouped = " ".join("".join(rng.choices(string.digits, k=4)) for _ in range(rng.randint(2, 4)))
        lead = "".join(rng.choices(string.ascii_uppercase, k=rng.randint(1, 3)))
        return rng.choice((digits, digits, mixed, mixed, grouped, f"{lead}{digits}", f"{lead}-{digits}", f"{digits[:6]} {digits[:4]} {digits[:3]}", mixed.lower()))

    def phone(self, rng: random.Random) -> str:
        """Return a telephone number, South African, American or other, in digits or words."""
        d = lambda k: "".join(rng.choices(string.digits, k=k))  # noqa: E731 — two letters keep the table readable
        return rng.choice(
            (
                f"0{rng.choice('678')}{d(1)} {d(3)} {d(4)}", f"0{rng.choice('678')}{d(8)}", f"+27 {rng.choice('678')}{d(1)} {d(3)} {d(4)}", f"({d(3)}) {d(3)}-{d(4)}",
                f"{d(3)}-{d(3)}-{d(4)}", f"+1 {d(3)} {d(3)} {d(4)}", f"{d(3)}.{d(3)}.{d(4)}", f"+44 {d(4)} {d(6)}", f"0{d(4)} {d(6)}", f"+49 {d(3)} {d(7)}", d(10),
                " ".join(rng.choices(_DIGIT_WORDS, k=10)),
            )
        )  # fmt: skip

    def email(self, rng: random.Random) -> str:
        """Return a mail address, in a few spoken ones in words."""
        first, last = (plain(x).replace(" ", "").lower() for x in (self.first(rng), self.last(rng)))
        host = rng.choice(("gmail.com", "yahoo.com", "outlook.com", "mweb.co.za", "email.com", "webmail.co.za", "icloud.com", "web.de", "vodamail.co.za"))
        if rng.random() < 0.1:
            return f"{first} at {host.replace('.', ' dot ')}"
        return f"{first}{rng.choice(('.', '', '_', '-'))}{last}{rng.choice(('', rng.randint(1, 99)))}@{host}"

    def org(self, rng: random.Random) -> str:
        """Return a made-up company."""
        f = fills()
        lead = rng.choice((rng.choice(f["org_word"]), rng.choice(f["org_word"]), self.last(rng), f"{self.last(rng)} & {self.last(rng)}", places().city(rng)))
        return rng.choice((f"{lead} {rng.choice(f['org_kind'])}", f"{lead} {rng.choice(f['org_kind'])} {rng.choice(f['org_suffix'])}", f"{lead} {rng.choice(f['org_suffix'])}"))

    def contact(self, rng: random.Random) -> str:
        """Return a phone number or a mail address."""
        return self.phone(rng) if rng.random() < 0.5 else self.email(rng)

    def _plain(self, slot: str, rng: random.Random) -> str:
        if slot == "clause" and self._sentences and rng.random() < 0.5:
            return rng.choice(self._sentences).rstrip(".?! ")
        if slot in fills():
            return rng.choice(fills()[slot])
        return addresses.small(slot, rng)

    def _table(self) -> dict[str, Callable[[random.Random], Segment]]:
        def of(kind: str, verb: Callable[..., str], *more: str) -> Callable[[random.Random], Segment]:
            return lambda rng: Segment(verb(rng, *more), kind)

        table: dict[str, Callable[[random.Random], Segment]] = {
            "first": of(labels.PERSON, self.first), "last": of(labels.PERSON, self.last), "full": of(labels.PERSON, self.full),
            "name": of(labels.PERSON, self.name), "spelled": of(labels.PERSON, self.spelled), "hash_person": of(labels.PERSON, lambda r: self.full(r).replace(" ", "")),
            "user": of(labels.USERNAME, self.user), "pass": of(labels.PASSWORD, self.password), "secret": of(labels.SECURITY_ANSWER, lambda r: rng_choice(r, "secret")),
            "code": of(labels.ID_NUMBER, self.code), "phone": of(labels.ID_NUMBER, self.phone), "plate": of(labels.ID_NUMBER, addresses.plate),
            "email": of("?", self.email), "contact": of(labels.ID_NUMBER, self.contact), "handle": of("?", self.user), "org": of(labels.ORGANIZATION, self.org),
        }  # fmt: skip
        tongues = {"za": "za", "af": "za", "zu": "zu", "xh": "za", "st": "za", "de": "de", "nl": "nl", "fr": "fr", "es": "es", "it": "it", "pt": "pt"}
        for tongue, culture in tongues.items():
            for form in ("name", "first", "last", "full"):
                table[f"{tongue}_{form}"] = of(labels.PERSON, getattr(self, form), culture)
            table[f"{tongue}_join"] = table[f"{tongue}_name"]
        for slot, kind, verb in addresses.SLOTS:
            table[slot] = of(kind, verb)
        return table


def rng_choice(rng: random.Random, slot: str) -> str:
    """Return one of a slot's plain fillers."""
    return rng.choice(fills()[slot])
