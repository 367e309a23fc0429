"""Postal codes that name a place by themselves, or beside the word for them."""

from __future__ import annotations

from pii.recognizers.base import TableRecognizer, shape
from pii.recognizers.beside import BesideRecognizer, beside
from pii.recognizers.words import any_of, load

_LISTS = load("streets")
_TOWNS = any_of(_LISTS["towns"])
_STATE = any_of([state.upper() for state in _LISTS["states"]])
_STATES = frozenset(_LISTS["states"])
_TOWN_WORDS = frozenset(word for town in _LISTS["towns"] for word in town.split())


class PostalCodeRecognizer(TableRecognizer):
    """Codes that name a place by themselves: British and Canadian postcodes, state and ZIP, town and code."""

    context = ("postcode", "zip", "poskode", "plz")
    shapes = (
        shape("STREET_ADDRESS", r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}", "zip address", flags=0, bare=0.7, mixed=True),
        shape("STREET_ADDRESS", r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "zip address", cued=0.7, mixed=True),
        shape("STREET_ADDRESS", r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "zip address", flags=0, bare=0.6, mixed=True),
        shape(
            "STREET_ADDRESS",
            rf"{_STATE},? \d{{5}}(?:-\d{{4}})?",
            "zip address",
            flags=0,
            bare=0.7,
            longest=5,
            words=_STATES,
        ),
        shape(
            "STREET_ADDRESS", rf"{_TOWNS},?\s{{1,2}}\d{{4}}", "zip address", bare=0.6, longest=4, words=_TOWN_WORDS
        ),
        shape(
            "STREET_ADDRESS",
            rf"\d{{5}} {_TOWNS}",
            "zip address",
            bare=0.75,
            cued=0.8,
            longest=5,
            words=_TOWN_WORDS,
            lead="9",
        ),
    )


class PostalCodeByCueRecognizer(BesideRecognizer):
    """A code beside the word for it."""

    rows = (
        beside(
            "STREET_ADDRESS",
            "zip",
            r"\d{5}-\d{3,4}|\d{4,6}|\d{3} \d{2}|\d{2}-\d{3}|[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}",
            score=0.8,
        ),
    )
