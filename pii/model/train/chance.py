"""Small draws that the making of messages is full of."""

import random
import string
from itertools import groupby

_POOLS = {
    "d": string.digits,
    "n": string.digits,
    "A": "ABCDEFGHJKLMNPRSTVWXYZ",
    "a": string.ascii_lowercase,
    "X": string.ascii_uppercase + string.digits,
    "m": string.ascii_letters + string.digits + "!@#$%",
}


def chance(rng: random.Random, share: float) -> bool:
    """Return true in this share of the draws."""
    return rng.random() < share


def signs(pool: str, count: int, rng: random.Random) -> str:
    """Return random signs; `d` begins with no zero."""
    drawn = "".join(rng.choices(_POOLS[pool], k=count))
    return rng.choice("123456789") + drawn[1:] if pool == "d" else drawn


_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def digit_word(rng: random.Random) -> str:
    """Return a digit as it is said."""
    return rng.choice([*_ONES, "oh"])


def in_words(digits: str) -> str:
    """Return a house number as it is said: 12, 39, one oh four, two seventeen."""
    if len(digits) == 1:
        return _ONES[int(digits)]
    if len(digits) > 2:  # noqa: PLR2004 — beyond two digits the first is said alone
        return f"{_ONES[int(digits[0])]} {in_words(digits[1:])}"
    tens, ones = map(int, digits)
    if tens == 0:
        return f"oh {_ONES[ones]}"
    if tens == 1:
        return _TEENS[ones]
    return _TENS[tens] + (f" {_ONES[ones]}" if ones else "")


def sign_by_sign(code: str, rng: random.Random) -> str:
    """Return a code as it is said: letters and digits one by one."""
    parts = ["".join(group) for _, group in groupby(code.replace(" ", ""), str.isdigit)]
    said = [
        " ".join(_ONES[int(c)] if c.isdigit() and chance(rng, 0.6) else c.lower() for c in part) for part in parts
    ]
    return " ".join(said)
