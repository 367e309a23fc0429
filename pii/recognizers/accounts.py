"""Numbers that companies give: account, customer, policy, order, booking; and any long number left over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pii.recognizers.base import Recognizer, TableRecognizer, shape
from pii.recognizers.beside import BesideRecognizer, beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

# A code: four characters or more with a digit among them, in up to five parts; or groups of digits.
# No time, no ordinal, no quantity: "7:45pm", "22nd", "500gb".
_CODE = (
    r"(?!\d{1,2}\s?(?::\d\d\s?)?[AaPp]\.?[Mm](?!\w))(?!\d{1,5}(?:st|nd|rd|th|de|ste|[kmgt]b|k?g|k?m|x|k|hrs?|mins?|ish|days?|months?|years?|users?)(?!\w))"
    r"(?:(?=[A-Za-z]{0,8}[/_\-]?[A-Za-z]{0,16}\d)(?=[A-Za-z0-9/_\-]{4})[A-Za-z0-9]{1,24}(?:[/_\-][A-Za-z0-9]{1,16}){0,4}"
    r"|\d{2,6}(?:[ \-]\d{2,6}){1,4})"
)


class AccountRecognizer(BesideRecognizer):
    """Account, customer, membership and policy numbers; order, booking and reference numbers; beside their names."""

    rows = (
        beside("ACCOUNT_NUMBER", "account", _CODE, score=0.86),
        beside("ID_NUMBER", "reference", _CODE, score=0.86),
        beside(
            "ID_NUMBER",
            "id passport license national tax de_social de_health company",
            r"(?=[A-Za-z0-9 \-]{0,8}\d)[A-Za-z]{0,3}[ \-]?\d[A-Za-z0-9]{4,20}(?:[ \-]\d{2,6}){0,3}",
            score=0.7,
        ),
        beside("ID_NUMBER", "number", r"\d{6,20}", score=0.6, linked=True),
    )


class DocumentRecognizer(TableRecognizer):
    """A passport or licence of any country, beside the word."""

    context = ("passport", "license", "licence")
    shapes = (
        shape("ID_NUMBER", r"[A-Z]{0,2}\d{6,9}[A-Z]?", "passport", cued=0.84, longest=6),
        shape("ID_NUMBER", r"\d{6,12}|\d{2,4}(?:[ \-]\d{2,4}){2,4}", "license", cued=0.9, digits=6, lead="9"),
    )


_LONG = re.compile(r"(?<![\w.,$€£])(?:\d[ \-.]?){8,40}\d(?![\w%])")
_MONEY = re.compile(r"(?:[$€£¥]|\b(?:r|zar|usd|eur|gbp|us\$))\s{0,2}$")
_AMOUNT = re.compile(r"\d{1,3}(?:[ .]\d{3}){1,4}")
_DATES = re.compile(
    r"(?:19|20)\d\d[\-.]?[01]\d[\-.]?[0-3]\d(?:[ ]?[0-2]\d(?:[0-5]\d(?:[0-5]\d)?)?)?|"
    r"[0-3]?\d[\-.][01]?\d[\-.](?:19|20)\d\d(?:[ \-.]{1,4}\d{1,2}){0,2}"
)
_UUID = re.compile(r"(?<!\w)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?!\w)", re.IGNORECASE)


class LongNumberRecognizer(Recognizer):
    """Any number of nine digits or more that nothing else explains: hidden rather than guessed at."""

    kinds = ("ID_NUMBER",)

    def ready(self, scan: Scan) -> bool:
        """Nine digits."""
        return scan.digits >= 9  # noqa: PLR2004 — the shortest number that names somebody without a cue

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Long runs that are neither money nor dates."""
        for match in _LONG.finditer(scan.text):
            value = match.group()
            money = _MONEY.search(scan.lower, max(0, match.start() - 6), match.start())
            if not money and not _DATES.fullmatch(value) and not (_AMOUNT.fullmatch(value) and len(value) < 11):  # noqa: PLR2004 — up to 999 999 999
                yield self.span(match.start(), match.end(), "ID_NUMBER", 0.5)
        for match in _UUID.finditer(scan.text) if scan.text.count("-") > 3 else ():  # noqa: PLR2004 — dashes of a UUID
            yield self.span(match.start(), match.end(), "ID_NUMBER", 0.8)
