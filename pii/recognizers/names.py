"""Names that their surroundings give away: "my name is …", titles, initials, farewells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.recognizers.base import Recognizer
from pii.recognizers.words import CueIndex, any_of, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_LISTS = load("names")
_OPENINGS = CueIndex(
    {
        "open": _LISTS["openers"],
        "weak": _LISTS["weak"],
        "title": load("words")["titles"],
        "close": _LISTS["closings"],
    },
    rare=True,
)
_NEVER = frozenset(_LISTS["never"]) | frozenset(load("words")["predicates"])
_ALSO_NAMES = frozenset(_LISTS["also_names"])
_PARTICLES = frozenset(_LISTS["particles"])
_WORD = re.compile(r"[^\W\d_][^\W\d_'\u2019]{0,40}(?:[\-'\u2019][^\W\d_]{1,40}){0,4}\.?")
_GAP = re.compile(r"[\s:,.\"'\u201c]{0,3}(?=[^\W\d_])")
_NGU = re.compile(rf"\s?{any_of(_LISTS['prefixes'])}(?:\s|-)?(?=[^\W\d_])")
_JOINED = re.compile(rf"(?<!\w){any_of(_LISTS['prefixes'])}(?:\s|-)?(?=[^\W\d_])")
_SPEAKING = re.compile(rf"(?:\s|,\s?){any_of(_LISTS['speaking'])}(?!\w)")
_FAREWELL = re.compile(r"[\s,!.\-\u2013:]{1,4}(?=[^\W\d_])")
_GREETED = re.compile(r"(?:^|[,.!?\n]\s?|(?<!\w)(?:hi|hey|hello|hallo|molo|sawubona)\s)(?:im)\s(?=[^\W\d_])")
_ICH_BIN = re.compile(r"(?<![\w'\u2019])ich bin\s(?:der\s|die\s)?(?=[^\W\d_])")
_INITIALS = re.compile(
    r"(?<![\w.&])(?:[A-Z]\.[ \-]?){1,4}(?:(?:van|von|der|de|du|den|la|le|Janse)\s){0,3}"
    r"[A-Z][^\W\d_A-Z][^\W\d_]{1,24}(?:-[A-Z][^\W\d_]{1,24})?(?!\w)"
)
_NOT_INITIALS = re.compile(
    r"(?:P\.\s?O|U\.\s?[SK]|E\.\s?U|R\.\s?S\.\s?A|S\.\s?A|I\.\s?[DT]|A\.\s?I|Q|A|I|[AP]\.\s?M|Ph|[NSWE])\."
)
# "user name is", "restaurant named": names, but not of persons.
_THINGS = re.compile(rf"(?<!\w){any_of(_LISTS['things'])}[\s\-]{{0,2}}$")
_LONGING = re.compile(r"(?<!\w)(?:i|we|you|to|will|ll|don't|never|would|not|really|didn't|also|still|and)\s$")
_OTHER_OPENINGS = _OPENINGS.words | {"im", "bin"}
_PLAIN_TITLES = frozenset(_LISTS["plain_titles"])
_MEDICAL = re.compile(r"(?<!\w)(?:the|a|my|your|our|his|her|any|this|that)\s(?:dr|prof)$")
_MOST = 4  # words in a name
_TAIL = 80  # characters in which a farewell and a name end a message


class CuedNameRecognizer(Recognizer):
    """Persons after openers, before "speaking", after farewells, behind titles and initials."""

    kinds = ("PERSON",)
    context = ("name", "naam", "igama", "mr", "mrs", "dr")

    def ready(self, scan: Scan) -> bool:
        """Look for an opening, an initial, or a word that a name is joined to."""
        return (
            "." in scan.text
            or not scan.words.isdisjoint(_OTHER_OPENINGS)
            or any(word.startswith(_LISTS["prefixes"]) for word in scan.words)
        )

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Each surrounding in turn."""
        for cue in _OPENINGS.find(scan.lower):
            for family in cue.families:
                yield from getattr(self, f"_{family}")(scan, cue.start, cue.end)
        if "im" in scan.words:
            for match in _GREETED.finditer(scan.lower):
                yield from self._weak(scan, match.start(), match.end())
        if "bin" in scan.words:
            for match in _ICH_BIN.finditer(scan.lower):
                yield from self._full(scan, match.end())
        for match in _JOINED.finditer(scan.lower):
            yield from self._taken(scan, match.end(), 0.7, capital=True)
        for match in _INITIALS.finditer(scan.text) if "." in scan.text else ():
            if _initialled(match, scan):
                yield self.span(match.start(), match.end(), "PERSON", 0.7)

    def _taken(self, scan: Scan, start: int, score: float, *, capital: bool) -> Iterator[Span]:
        end = name_end(scan, start, capital=capital)
        if end - start >= 2:  # noqa: PLR2004 — one letter is no name
            yield self.span(start, end, "PERSON", score)

    def _open(self, scan: Scan, start: int, end: int) -> Iterator[Span]:
        """Take what follows "my name is": one to four words, in any case."""
        gap = _NGU.match(scan.lower, end) or _GAP.match(scan.lower, end)
        if gap and gap.end() > end and not _THINGS.search(scan.lower, max(0, start - 16), start):
            yield from self._taken(scan, gap.end(), 0.85, capital=False)

    def _weak(self, scan: Scan, start: int, end: int) -> Iterator[Span]:
        """Take "I'm Thandi" and "this is jane speaking": a capital, or somebody who speaks."""
        del start
        first = end + 1 if scan.text[end : end + 1].isspace() else end
        last = name_end(scan, first, capital=False)
        if last <= first:
            return
        capital = name_end(scan, first, capital=True)
        if _SPEAKING.match(scan.lower, last) and not _doing(scan.lower[first:last]):
            yield self.span(first, last, "PERSON", 0.85)
        elif capital > first and not scan.text[first:capital].isupper() and not _doing(scan.lower[first:capital]):
            yield self.span(first, capital, "PERSON", 0.6)

    def _title(self, scan: Scan, start: int, end: int) -> Iterator[Span]:
        """Take "Dr. van der Merwe"; with capitals where the message has any."""
        gap = _GAP.match(scan.lower, end)
        if scan.text[start].islower() and (
            scan.lower[start:end] not in _PLAIN_TITLES or _MEDICAL.search(scan.lower, max(0, start - 12), end)
        ):
            return
        longing = scan.lower.startswith("miss", start) and _LONGING.search(scan.lower, max(0, start - 12), start)
        if gap and gap.end() > end and not longing:
            yield from self._taken(scan, gap.end(), 0.85, capital=scan.text != scan.lower)

    def _close(self, scan: Scan, start: int, end: int) -> Iterator[Span]:
        """Take "Thanks, Siyabonga" at the very end."""
        gap = _FAREWELL.match(scan.lower, end)
        if not gap or start < len(scan.text) - _TAIL:
            return
        last = name_end(scan, gap.end(), capital=False)
        whole = not scan.text[last:].strip(" .!\n")
        if whole and last > gap.end() and (scan.text[gap.end()].isupper() or "\n" in gap.group()):
            yield self.span(gap.end(), last, "PERSON", 0.7)

    def _full(self, scan: Scan, start: int) -> Iterator[Span]:
        """Take "Ich bin Jana Weber": German nouns have capitals too, so one word is not enough."""
        end = name_end(scan, start, capital=True)
        if " " in scan.text[start:end]:
            yield self.span(start, end, "PERSON", 0.75)


def _initialled(match: re.Match[str], scan: Scan) -> bool:
    """Judge initials: "J. Smith", but no abbreviation, smiley, or end of a sentence before another."""
    surname = match.group().rpartition(".")[2].strip(" -").lower()
    before = scan.text[match.start() - 1 : match.start()]
    return not _NOT_INITIALS.match(match.group()) and before not in set(":;-'=") and surname not in _NEVER


def _doing(word: str) -> bool:
    """Judge "standing" and "looking": what somebody does, not who it is."""
    return len(word) > 5 and word.endswith("ing") and " " not in word  # noqa: PLR2004 — Ming and Xing are names


def _no_name(word: str) -> bool:
    """Judge a word that never follows as a name; "Will" and "May" do, with a capital."""
    return word.lower() in _NEVER and not (word.istitle() and word.lower() in _ALSO_NAMES)


def name_end(scan: Scan, start: int, *, capital: bool) -> int:
    """Where a name that begins at `start` ends; `start` itself when no name begins there."""
    end, here, taken = start, start, 0
    lowered = scan.text[start : start + 1].islower()
    while taken < _MOST and (match := _WORD.match(scan.text, here)):
        word = match.group().rstrip(".")
        particle = word.lower() in _PARTICLES
        if not particle and (_no_name(word) or ((capital or not lowered) and not word[0].isupper())):
            break
        dotted = match.group().endswith(".")
        here = match.start() + len(word) + (dotted and len(word) == 1)
        if not particle:
            end = here
            taken += 1
        # Lower-cased text gives no sign where a name ends: two words at most.
        if (
            scan.text[here : here + 1] != " "
            or (dotted and len(word) > 1)
            or (lowered and taken > 1 and not particle)
        ):
            break
        here += 1
    return end
