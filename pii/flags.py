"""Statements that need care: special categories of personal information, and being a child.

Flags mask nothing. They tell the gate and the staff that a message says something about somebody's health,
faith, union, politics, race, sex life, biometrics or criminal record (GDPR Art. 9 and 10, POPIA s.26 to 33),
or that a child writes (POPIA s.34). A word alone is no statement: "I have diabetes" is, "a diabetes app" is not.
"""

from __future__ import annotations

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

_RELATIVE = any_of(load("family")["relatives"])
_I_AM = r"(?:i am|i'm|i\u2019m|im|i was|i've been|i\u2019ve been|i have been|as an?|being an?|we are|we're|ek is|ek was|ons is|ich bin|ich war|als|ngingu|ngi)"
_I_HAVE = (
    r"(?:i have|i've|i\u2019ve|i had|i've got|i got|i suffer from|i am suffering from|i'm suffering from|i live with|i'm living with|i am living with|i take|i was diagnosed with|i'm recovering from|"
    r"because of my|due to my|my|our|ek het|ek ly aan|my|ich habe|ich hatte|ich leide an|ich leide unter|mein|meine|meinen|meinem|meiner|nginesifo|nginayo i|ngine)"
)
_IS = r"(?:is|was|has been|'s|\u2019s|are|ist|war)"
_HAS = (
    r"(?:has|had|suffers from|is suffering from|lives with|was diagnosed with|het|ly aan|hat|leidet an|leidet unter)"
)
_THIRD = rf"(?:(?:my|our|his|her|mein|meine|unser|unsere) {_RELATIVE}|he|she|they|hy|sy|er|sie)"
_BETWEEN = rf"(?:\s(?:{any_of(load('family')['between'])}|\d)){{0,4}}\s$"
_SUBJECTS = {
    "am": (
        (re.compile(rf"(?<![\w'\u2019]){_I_AM}{_BETWEEN}"), _SELF),
        (re.compile(rf"(?<![\w'\u2019]){_THIRD}\s?{_IS}{_BETWEEN}"), _OTHER),
    ),
    "have": (
        (re.compile(rf"(?<![\w'\u2019]){_I_HAVE}{_BETWEEN}"), _SELF),
        (re.compile(rf"(?<![\w'\u2019]){_THIRD}\s{_HAS}{_BETWEEN}"), _OTHER),
    ),
}
_INDEX = CueIndex(load("flags"), rare=True)

_AGE = r"(?:[5-9]|1[0-7]|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|agt|nege|tien|elf|twaalf|dertien|veertien|vyftien|sestien|sewentien|zehn|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn)"
_OLD = r"(?:\s?-?(?:years? old|yrs? old|y/?o|years? of age|jaar oud|jahre alt|jahre|jaar))"
_STOP = r"(?=\s*(?:$|[.,!?;:)\n]|(?:and|but|so|now|can|because|or|i|my|in grade|turning|is that|am i|do i|en|maar|mag|und|aber|darf|kan|kann)(?!\w)))"
_JUST = r"(?:\s(?:only|just|still|almost|nearly|actually|turning|about to turn|net|nog|maar|amper|al|erst|noch|gerade|fast|schon)){0,2}"
_GRADE = r"(?:grade|gr\.?|graad|standard|std|year)"
CHILD = tuple(
    (re.compile(rf"(?<![\w'\u2019]){pattern}"), score)
    for pattern, score in (
        (rf"(?:i am|i'm|i\u2019m|im|ek is|ich bin){_JUST}\s{_AGE}(?:{_OLD}(?![\w])|{_STOP})", 0.95),
        (
            rf"(?:i turn|i will be turning|i'm turning|i turned|ek word|ich werde){_JUST}\s{_AGE}(?:{_OLD}|{_STOP}|\s(?:tomorrow|next|this|in))",
            0.85,
        ),
        (rf"my age is\s{_AGE}(?![\w])|age:?\s{_AGE}{_STOP}|my {_AGE}(?:th) birthday", 0.85),
        (
            r"ngineminyaka (?:engu-?\s?|eyi-?\s?)(?:[5-9]|1[0-7])(?!\d)|ndineminyaka e(?:yi|li)-?\s?(?:[5-9]|1[0-7])(?!\d)|ke na le dilemo tse (?:[5-9]|1[0-7])(?!\d)",
            0.9,
        ),
        (
            rf"(?:i am|i'm|i\u2019m|im|ek is|ich bin|ich gehe)(?: still| a| an| nog| 'n| noch)?(?: learner| pupil| student| leerling)? in(?: die| der| the)?(?: {_GRADE} ?(?:[1-9]|1[0-2]|r)(?!\d)| (?:[1-9]|1[0-2])(?:st|nd|rd|th) grade| (?:[1-9]|1[0-2])\. klasse| die (?:[1-9]|1[0-2])\. klasse| primary school| laerskool| kindergarten| der grundschule| middle school| high school| hoërskool)",
            0.9,
        ),
        (
            r"(?:i am|i'm|i\u2019m|im)(?: just| only| still)? (?:a kid|a child|a minor|a schoolkid|a teenager|a little (?:boy|girl)|under ?age|underage|under 1[0-8]|not (?:yet )?(?:18|an adult|old enough))(?!\w)",
            0.9,
        ),
        (
            r"ek is(?: net| nog)? ('?n kind|minderjarig|onder 18|nog op skool)(?!\w)|ich bin(?: noch)? (?:ein kind|minderjährig|unter 18|schüler|schülerin)(?!\w)",
            0.9,
        ),
        (
            r"my (?:mom|mommy|mum|mummy|dad|daddy|ma|mamma|pa|parents|teacher|juffrou|ouers) (?:says?|said|told me|won't let|wont let|doesn't let|doesnt let|doesn't allow|lets me|will be (?:mad|angry)|doesn't know|grounded|sê|het gesê|laat my)",
            0.7,
        ),
        (
            r"meine? (?:mama|mutti|papa|vati|eltern|lehrerin) (?:sagt|sagen|hat gesagt|erlaubt|erlauben|verbietet)",
            0.7,
        ),
    )
)
_YOUNG = re.compile(
    r"(?:i am|i'm|i\u2019m|im|ek is|ich bin|turn|word|age|my|age:|engu-|eyi-|tse)\s?(?:[a-zé]{3,8}\s){0,2}(?:[5-9]|1[0-7])(?!\d)"
)
_CHILD_WORDS = frozenset(load("family")["child_triggers"])


@dataclass(frozen=True, slots=True)
class Flag:
    """A statement that needs care: its kind, where it stands, and how sure it is (0 to 1)."""

    kind: str
    start: int
    end: int
    score: float


def find(text: str) -> tuple[Flag, ...]:
    """Flags of one message in order of place; an empty tuple for nearly every message."""
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
