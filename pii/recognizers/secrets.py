"""What opens things: PINs, one-time codes, passwords, security answers, API keys."""

from __future__ import annotations

import re
from math import log2
from typing import TYPE_CHECKING

from pii.recognizers.base import Recognizer
from pii.recognizers.beside import BesideRecognizer, beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_SHORT_CODE = r"\d(?:[ \-]?\d){3,7}"
_MIXED_CODE = r"(?=[A-Za-z0-9\-]{0,9}\d)[A-Za-z0-9]{2,10}(?:-[A-Za-z0-9]{2,10})?"


class PinRecognizer(BesideRecognizer):
    """PINs and one-time codes beside their names."""

    rows = (
        beside("PIN", "pin", _SHORT_CODE, score=0.92),
        beside(
            "ONE_TIME_CODE",
            "otp",
            r"\d(?:[ \-]?\d){3,9}|" + r"(?=[A-Za-z\-]{0,9}\d)[A-Za-z0-9]{4,10}|[A-Za-z]-\d{4,8}",
            score=0.91,
        ),
        beside("ONE_TIME_CODE", "code", r"\d(?:[ \-]?\d){3,9}", score=0.7, linked=True),
    )


class PasswordRecognizer(BesideRecognizer):
    """Passwords, and answers to security questions."""

    rows = (
        beside(
            "PASSWORD",
            "password",
            r"[^\s,;\"'\u201c\u201d]{4,64}(?<![.!?])|[^\s\"'\u201c\u201d]{4,64}",
            score=0.9,
            linked=True,
            words=True,
            alone=True,
        ),
        beside(
            "SECURITY_ANSWER",
            "security",
            r"[^\W_][\w'\u2019\-]{1,30}(?: (?!and |but |so |for |on |in |my |i |ek |ich |und |en )"
            r"[^\W_][\w'\u2019\-]{0,30}){0,2}",
            score=0.8,
            linked=True,
            words=True,
            open_end=True,
        ),
    )


# Keys and tokens that tell by their beginning who issued them.
ISSUED = (
    r"(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}",  # AWS
    r"gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{20,255}",
    r"glpat-[\w\-]{18,64}|xox[abeoprs]-[A-Za-z0-9\-]{10,250}",  # GitLab, Slack
    r"(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,250}|whsec_[A-Za-z0-9]{16,64}",  # Stripe
    r"sk-(?:ant-|proj-|or-)?[\w\-]{20,250}",  # model providers
    r"AIza[\w\-]{35}|ya29\.[\w\-]{20,500}",  # Google
    r"SG\.[\w\-]{16,64}\.[\w\-]{16,64}|hf_[A-Za-z0-9]{20,64}|npm_[A-Za-z0-9]{30,64}|dop_v1_[a-f0-9]{64}",
    r"eyJ[\w\-]{8,2000}\.[\w\-]{8,4000}(?:\.[\w\-]{0,2000})?",  # JWT
    r"1000\.[a-f0-9]{32}\.[a-f0-9]{32}",  # Zoho
)
_ISSUED = re.compile(rf"(?<![\w\-])(?:{'|'.join(ISSUED)})(?![\w])", re.IGNORECASE)
_PEM = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,8000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?", re.IGNORECASE
)
_LONG = re.compile(r"\S{10}")
_OPAQUE = re.compile(r"[\w+/=\-.~]{8,512}")
_RANDOM_BITS = 3.0  # bits a character; English words stay below


class ApiKeyRecognizer(Recognizer):
    """Keys by their issuer's prefix, private keys, and random strings beside a cue."""

    kinds = ("API_KEY",)
    context = ("api key", "token", "secret")
    _cues = frozenset({"apikey"})

    def ready(self, scan: Scan) -> bool:
        """Look for a long unbroken run."""
        return (scan.digits > 0 or "-----" in scan.text) and _LONG.search(scan.text) is not None

    def spans(self, scan: Scan) -> Iterator[Span]:
        """By prefix, then by cue."""
        for pattern in (_ISSUED, _PEM) if "-----" in scan.text else (_ISSUED,):
            for match in pattern.finditer(scan.text):
                yield self.span(match.start(), match.end(), "API_KEY", 1.0)
        if not self._cues.isdisjoint(scan.families):
            for _, start in scan.after(self._cues):
                opaque = _OPAQUE.match(scan.text, start)
                if opaque and _random(opaque.group()):
                    yield self.span(opaque.start(), opaque.end(), "API_KEY", 0.85)


def _random(value: str) -> bool:
    """Digits and letters mixed, with the spread of letters that keys have."""
    if value.isalpha() or not any(map(str.isdigit, value)):
        return False
    shares = [value.count(c) / len(value) for c in set(value)]
    return -sum(share * log2(share) for share in shares) >= _RANDOM_BITS
