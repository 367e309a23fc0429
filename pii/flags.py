"""Statements that need care: special categories of personal information, and being a child.

Flags mask nothing. They tell the gate and the staff that a message says something about somebody's health,
faith, union, politics, race, sex life, biometrics or criminal record (GDPR Art. 9 and 10, POPIA s.26 to 33),
or that a child writes (POPIA s.34). A word alone is no statement: "I have diabetes" is, "a diabetes app" is not.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pii.recognizers.scan import lower
from pii.recognizers.words import WORD, CueIndex, any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.words import Cue

KINDS = ("HEALTH", "RELIGION", "UNION", "POLITICS", "RACE", "SEX_LIFE", "BIOMETRICS", "CRIMINAL", "CHILD")
_REACH = 64  # characters before a term in which its subject may stand
_SELF = 0.9
_OTHER = 0.75

_LISTS = load("family")
_RELATIVE = any_of(_LISTS["relatives"])
_THIRD = rf"(?:(?:my|our|his|her|mein|meine|unser|unsere) {_RELATIVE}|he|she|they|hy|sy|er|sie)"
_BETWEEN = rf"(?:\s(?:{any_of(_LISTS['between'])}|\d)){{0,4}}\s$"


def _subjects(mine: str, theirs: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    first = rf"(?<![\w'\u2019]){any_of(_LISTS[mine])}{_BETWEEN}"
    third = rf"(?<![\w'\u2019]){_THIRD}\s?{any_of(_LISTS[theirs])}{_BETWEEN}"
    return (re.compile(first), _SELF), (re.compile(third), _OTHER)


_SUBJECTS = {"am": _subjects("i_am", "is"), "have": _subjects("i_have", "has")}
_INDEX = CueIndex(load("flags"), rare=True)

_AGE = rf"(?:[5-9]|1[0-7]|{any_of(_LISTS['ages'])})"
_OLD = r"(?:\s?-?(?:years? old|yrs? old|y/?o|years? of age|jaar oud|jahre alt|jahre|jaar))"
_ENDS = rf"(?=\s*(?:$|[.,!?;:)\n]|{any_of(_LISTS['after_age'])}(?!\w)))"
_JUST = rf"(?:\s{any_of(_LISTS['just'])}){{0,2}}"
_NTH = r"(?:[1-9]|1[0-2])"
_GRADE = (
    rf"(?:grade|gr\.?|graad|standard|std|year) ?(?:{_NTH}|r)(?!\d)|"
    rf"{_NTH}(?:st|nd|rd|th) grade|(?:die |der )?{_NTH}\. klasse"
)
_MINE = r"(?:i am|i'm|i\u2019m|im|ek is|ich bin|ich gehe)"
# Ways in which a child says so, each with how sure it is.
_TURNING = r"(?:i turn|i will be turning|i'm turning|i turned|ek word|ich werde)"
_PUPIL = r"(?: still| a| an| nog| 'n| noch)?(?: learner| pupil| student| leerling)?"
CHILD = tuple(
    (re.compile(rf"(?<![\w'\u2019])(?:{pattern})"), score)
    for pattern, score in (
        (rf"{_MINE}{_JUST}\s{_AGE}(?:{_OLD}(?!\w)|{_ENDS})", 0.95),
        (rf"{_TURNING}{_JUST}\s{_AGE}(?:{_OLD}|{_ENDS}|\s(?:tomorrow|next|this|in))", 0.85),
        (rf"my age is\s{_AGE}(?!\w)|age:?\s{_AGE}{_ENDS}|my {_AGE}th birthday", 0.85),
        (rf"{any_of(_LISTS['years_of'])}[\s\-]?(?:[5-9]|1[0-7])(?!\d)", 0.9),
        (rf"{_MINE}{_PUPIL} in (?:(?:die|der|the) )?(?:{_GRADE}|{any_of(_LISTS['schools'])}(?!\w))", 0.9),
        (rf"{_MINE}(?: just| only| still| nog| noch| net)? {any_of(_LISTS['minors'])}(?!\w)", 0.9),
        (rf"{any_of(_LISTS['elders'])} {any_of(_LISTS['elders_say'])}(?!\w)", 0.7),
    )
)
CHILD_VERSION = hashlib.sha256(
    "\n".join(f"{pattern.pattern} {score}" for pattern, score in CHILD).encode()
).hexdigest()[:16]
"""Which rules said that a child writes: their content, so that a decision made by them can be looked at again."""
_YOUNG = re.compile(
    r"(?:i am|i'm|i\u2019m|im|ek is|ich bin|turn|turned|turning|word|werde|age|my|age:|engu-|eyi-|tse)"
    r"\s?(?:[a-zé]{3,8}\s){0,2}(?:[5-9]|1[0-7])(?!\d)"
)
_CHILD_WORDS = frozenset(_LISTS["child_triggers"])


@dataclass(frozen=True, slots=True)
class Flag:
    """A statement that needs care: its kind, where it stands, and how sure it is (0 to 1)."""

    kind: str
    start: int
    end: int
    score: float


def find(text: str) -> tuple[Flag, ...]:
    """Give the flags of one message in order of place; an empty tuple for nearly every message."""
    low = lower(text)
    words = set(WORD.findall(low))
    flags: list[Flag] = []
    if not words.isdisjoint(_INDEX.words):
        flags += _statements(low)
    if not words.isdisjoint(_CHILD_WORDS) or _YOUNG.search(low):
        flags += _child(low)
    return tuple(sorted(_once(flags), key=lambda flag: flag.start))


def _statements(low: str) -> Iterator[Flag]:
    """Every term of a category that has a subject before it."""
    for cue in _INDEX.find(low):
        for family in sorted(cue.families):
            kind, _, role = family.rpartition("_")
            start, score = _subject(low, cue, role)
            if score:
                yield Flag(kind.upper(), start, cue.end, score)


def _subject(low: str, cue: Cue, role: str) -> tuple[int, float]:
    """Where the statement begins, and how sure it is: a person must be, or have, the thing."""
    if role == "say":
        return cue.start, _SELF
    left = max(0, cue.start - _REACH)
    for pattern, score in _SUBJECTS[role]:
        match = pattern.search(low, left, cue.start)
        if match:
            return match.start(), score
    return cue.start, 0.0


def _child(low: str) -> Iterator[Flag]:
    for pattern, score in CHILD:
        for match in pattern.finditer(low):
            yield Flag("CHILD", match.start(), match.end(), score)


def _once(flags: list[Flag]) -> Iterator[Flag]:
    """One flag of a kind for each place, the surest."""
    seen: dict[str, int] = {}
    for flag in sorted(flags, key=lambda flag: (flag.start, -flag.score)):
        if flag.start >= seen.get(flag.kind, -1):
            seen[flag.kind] = flag.end
            yield flag
