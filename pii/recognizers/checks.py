"""Checksums and date checks of identifiers. Each takes the compact upper-case value and answers yes or no."""

from __future__ import annotations

import hashlib
from datetime import date

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_CONSTANTS = (1, 0x2BC830A3)  # BIP-173 (segwit 0) and BIP-350 (taproot)
_VERHOEFF_PERMUTE = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MAX_DAY_OFFSET = 40  # Nordic, Belgian and German co-ordination numbers add 40 to the day


def luhn(value: str) -> bool:
    """ISO/IEC 7812-1 check digit, as on cards, IMEI and South African identity numbers."""
    digits = [int(c) for c in value]
    return (sum(digits[-1::-2]) + sum(sum(divmod(2 * d, 10)) for d in digits[-2::-2])) % 10 == 0


def mod97(value: str) -> bool:
    """ISO 7064 MOD 97-10 over an IBAN: country and check digits moved to the end."""
    return int("".join(str(_ALPHABET.index(c)) for c in value[4:] + value[:4])) % 97 == 1


def weighted(value: str, weights: tuple[int, ...], modulus: int = 11) -> int:
    """Sum of digits times weights, modulo; the shorter of the two decides how far."""
    return sum(int(c) * w for c, w in zip(value, weights, strict=False)) % modulus


def real_date(year: int, month: int, day: int) -> bool:
    """Judge whether this is a day of the calendar."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def yymmdd(value: str, *, offset: int = 0) -> bool:
    """Judge whether six digits make a day in the 1900s or 2000s, perhaps with `offset` added to the day."""
    year, month, day = int(value[:2]), int(value[2:4]), int(value[4:6])
    day -= offset if offset and day > offset else 0
    return real_date(1900 + year, month, day) or real_date(2000 + year, month, day)


def yymmdd_coordinated(value: str) -> bool:
    """As `yymmdd`, with co-ordination numbers (day plus 40)."""
    return yymmdd(value, offset=_MAX_DAY_OFFSET)


def za_id(value: str) -> bool:
    """South African identity number: date of birth, citizenship 0, 1 or 2, check digit."""
    return yymmdd(value) and value[10] in "012" and luhn(value)


def za_tax(value: str) -> bool:
    """South African tax reference (SARS): Luhn over ten digits beginning with 0, 1, 2, 3 or 9."""
    return value[0] in "01239" and luhn(value)


def aba(value: str) -> bool:
    """US bank routing number."""
    return weighted(value, (3, 7, 1, 3, 7, 1, 3, 7, 1), 10) == 0


def iso7064_11_10(value: str) -> bool:
    """ISO 7064 MOD 11,10 as in German tax ids and VAT numbers: the last digit checks the others."""
    product = 10
    for c in value[:-1]:
        total = (int(c) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(value[-1])


def de_tax_id(value: str) -> bool:
    """German Steuer-ID: one digit of the first ten comes two or three times, and MOD 11,10."""
    most = max(value[:10].count(c) for c in set(value[:10]))
    return value[0] != "0" and most in {2, 3} and iso7064_11_10(value)


def mrz(value: str) -> bool:
    """ICAO 9303 check digit at the end (weights 7, 3, 1), as on German identity cards and passports."""
    total = sum(_ALPHABET.index(c) * (7, 3, 1)[i % 3] for i, c in enumerate(value[:-1]))
    return value[-1].isdigit() and total % 10 == int(value[-1])


def _letters_to_digits(value: str) -> str:
    return "".join(f"{ord(c) - 64:02d}" if c.isalpha() else c for c in value)


def _digit_sums(value: str, weights: tuple[int, ...]) -> int:
    return sum(sum(divmod(int(c) * w, 10)) for c, w in zip(value, weights, strict=False))


def de_social(value: str) -> bool:
    """German pension insurance number (VKVV §2): birth day and month inside, check digit at the end."""
    digits = _letters_to_digits(value)
    total = _digit_sums(digits[:-1], (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1))
    return total % 10 == int(value[-1]) and 1 <= int(value[4:6]) <= 12  # noqa: PLR2004 — months


def de_health(value: str) -> bool:
    """German health insurance number (KVNR): letter, eight digits, check digit."""
    digits = _letters_to_digits(value)
    return _digit_sums(digits[:-1], (1, 2) * 5) % 10 == int(value[-1])


def nhs(value: str) -> bool:
    """UK NHS number, modulus 11."""
    return weighted(value, (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)) == 0


def es_nif(value: str) -> bool:
    """Spanish NIF and NIE: control letter by modulus 23."""
    number = value[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == value[-1]


def nl_bsn(value: str) -> bool:
    """Dutch citizen service number: the eleven test."""
    return weighted(value, (9, 8, 7, 6, 5, 4, 3, 2, -1)) == 0


def pl_pesel(value: str) -> bool:
    """Polish PESEL: date with the century in the month, weights 1 3 7 9."""
    month = int(value[2:4]) % 20
    return 1 <= month <= 12 and weighted(value, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10) == 0  # noqa: PLR2004 — months


def be_national(value: str) -> bool:
    """Belgian national number: modulus 97, with a 2 in front for births from 2000."""
    body, check = value[:9], int(value[9:])
    return check in {97 - int(body) % 97, 97 - int("2" + body) % 97}


def pt_nif(value: str) -> bool:
    """Portuguese taxpayer number, modulus 11."""
    rest = weighted(value, (9, 8, 7, 6, 5, 4, 3, 2))
    return int(value[-1]) == (0 if rest <= 1 else 11 - rest)


def se_personnummer(value: str) -> bool:
    """Swedish personal number: a date (or co-ordination number) and Luhn over ten digits."""
    ten = value[-10:]
    return yymmdd_coordinated(ten) and luhn(ten)


def fi_hetu(value: str) -> bool:
    """Finnish personal identity code: ddmmyy, century sign, three digits, control character of 31."""
    digits = value[:6] + value[7:10]
    return (
        yymmdd(value[4:6] + value[2:4] + value[:2])
        and "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(digits) % 31] == value[10]
    )


def fr_nir(value: str) -> bool:
    """French social security number: 97 minus the rest, with Corsica's 2A and 2B."""
    body = value[:13].replace("2A", "19").replace("2B", "18")
    return body.isdigit() and 97 - int(body) % 97 == int(value[13:])


_IT_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23)


def it_fiscal(value: str) -> bool:
    """Italian fiscal code: odd and even places by table, modulus 26."""
    place = [int(c) if c.isdigit() else ord(c) - 65 for c in value[:-1]]
    total = sum(_IT_ODD[p] for p in place[::2]) + sum(place[1::2])
    return chr(65 + total % 26) == value[-1]


def verhoeff(value: str) -> bool:
    """Verhoeff's check as in Indian Aadhaar numbers (dihedral group of ten elements)."""
    check = 0
    for i, c in enumerate(reversed(value)):
        digit = int(c)
        for _ in range(i % 8):
            digit = _VERHOEFF_PERMUTE[digit]
        check = _dihedral(check, digit)
    return check == 0


def _dihedral(a: int, b: int) -> int:
    if a < 5:  # noqa: PLR2004 — the rotations of a pentagon
        return (a + b) % 5 if b < 5 else 5 + (a + b) % 5  # noqa: PLR2004 — as above
    return 5 + (a - b) % 5 if b < 5 else (a - b) % 5  # noqa: PLR2004 — as above


def base58check(value: str) -> bool:
    """Bitcoin base58 address: the last four bytes are the double SHA-256 of the others. Case matters."""
    number = 0
    for c in value:
        number = number * 58 + _BASE58.index(c)
    raw = number.to_bytes(25, "big") if number < 1 << 200 else b""
    return bool(raw) and hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def bech32(value: str) -> bool:
    """Bitcoin segwit address (BIP-173, BIP-350)."""
    prefix, _, data = value.lower().rpartition("1")
    if not prefix or any(c not in _BECH32 for c in data):
        return False
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_BECH32.index(c) for c in data]
    check = 1
    for v in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ v
        for i, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> i & 1 else 0
    return check in _BECH32_CONSTANTS
