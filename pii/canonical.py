"""When two spellings are one value: an e-mail in any case, a phone number with or without +27."""

from __future__ import annotations

import re

from pii.normalise import normalise

_EXACT = frozenset({"PASSWORD", "API_KEY", "CRYPTO", "URL", "ONE_TIME_CODE"})
_WORDED = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS", "SECURITY_ANSWER", "DATE_OF_BIRTH"})
_AT = re.compile(r"\s*[\[({]?\s*(?:@|\bat\b)\s*[\])}]?\s*")
_DOT = re.compile(r"\s*[\[({]?\s*(?:\.|\bdot\b)\s*[\])}]?\s*")
_NOT_WORD = re.compile(r"[\W_]+")


def canonical(kind: str, value: str) -> str:
    """Reduce a value to what makes it the same value: an e-mail without case, a phone's national digits."""
    plain = normalise(value).text.strip()
    if kind in _EXACT:
        return plain
    plain = plain.casefold()
    if kind == "EMAIL_ADDRESS":
        return _DOT.sub(".", _AT.sub("@", plain))
    if kind == "PHONE_NUMBER":
        return _phone(plain)
    words = _NOT_WORD.sub(" " if kind in _WORDED else "", plain).strip()
    return words or plain


def _phone(value: str) -> str:
    """Compare South African numbers as 0 and nine digits, others by all their digits."""
    digits = "".join(filter(str.isdigit, value))
    international = digits.removeprefix("00") if digits.startswith("00") else digits
    if international.startswith("270") and len(international) == len("270821234567"):
        return international[2:]
    if international.startswith("27") and len(international) == len("27821234567"):
        return "0" + international[2:]
    return international or value
