"""Addresses of machines and of money: IP, MAC, URL, crypto wallets, IMEI, coordinates."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from pii.recognizers import checks
from pii.recognizers.base import LEAST, Recognizer, TableRecognizer, shape
from pii.recognizers.words import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pii.recognizers.scan import Scan
    from pii.spans import Span

_IP = re.compile(
    r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f:]{2,39}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?)(?![\w:]|\.\d)"
)
_VERSION = re.compile(r"(?:version|ver\.?|v|release|build|firmware|weergawe)\s{0,2}$")
_URL = re.compile(r"(?<![\w@.])(?:(?:https?|ftp)://|www\.)[^\s<>\"'\u201c\u201d|\\^`{}]{3,2048}", re.IGNORECASE)
_BARE = re.compile(
    r"(?<![\w@.\-/])(?:[\w\-]{1,63}\.){1,4}"
    r"(?:com|org|net|info|io|me|app|dev|co|biz|online|site|xyz|africa|za|de|uk|at|ch|nl|be|fr|es|it|us|in|ng|ke)"
    r"(?:/[^\s<>\"'\u201c\u201d|\\^`{}]{1,2048})?(?![\w@])",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:\w{3,5}://)?(?:www\.)?([\w.\-]{1,255})", re.IGNORECASE)
_TRAILING = ".,;:!?)]'\"*"
_PUBLIC = frozenset(load("hosts")["public"])
_PROFILES = frozenset(load("hosts")["profiles"])


class IpRecognizer(Recognizer):
    """IP addresses, version 4 and 6; four-part version numbers stay."""

    kinds = ("IP_ADDRESS",)
    context = ("ip",)

    def ready(self, scan: Scan) -> bool:
        """Dots or colons beside digits."""
        return scan.digits > 0 and (scan.text.count(".") > 2 or scan.text.count(":") > 1)  # noqa: PLR2004 — dots of IPv4

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Every candidate that `ipaddress` accepts."""
        for match in _IP.finditer(scan.text):
            value = match.group()
            if _is_ip(value) and not _VERSION.search(scan.lower, max(0, match.start() - 12), match.start()):
                yield self.span(match.start(), match.end(), "IP_ADDRESS", 0.95)


def _is_ip(value: str) -> bool:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return address.version == 4 or sum(map(str.isalnum, value)) >= 3  # noqa: PLR2004 — "::1" and "::" name nobody


class DeviceRecognizer(TableRecognizer):
    """MAC addresses, IMEI with its check digit, GPS coordinates."""

    context = ("mac", "imei", "gps", "coordinates")
    shapes = (
        shape("MAC_ADDRESS", r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}", bare=0.98, sign=":"),
        shape("MAC_ADDRESS", r"(?:[0-9A-F]{2}-){5}[0-9A-F]{2}", bare=0.98, sign="-"),
        shape("MAC_ADDRESS", r"(?:[0-9A-F]{4}\.){2}[0-9A-F]{4}", bare=0.9, sign=".", mixed=True),
        shape(
            "IMEI",
            r"\d{2}[ \-]?\d{6}[ \-]?\d{6}[ \-]?\d",
            "imei",
            cued=1.0,
            check=checks.luhn,
            failed=0.95,
            digits=15,
        ),
        shape("LOCATION", r"[+\-]?\d{1,2}\.\d{4,8},? ?[+\-]?\d{1,3}\.\d{4,8}", bare=0.8, digits=10, sign="."),
        shape("LOCATION", r"[+\-]?\d{1,3}\.\d{2,8}", "gps", cued=0.7, digits=3),
        shape(
            "LOCATION",
            r"\d{1,3}° ?\d{1,2}['\u2032\u2019] ?(?:\d{1,2}(?:\.\d{1,3})?[\"\u2033\u201d] ?)?[NSEWO]",
            bare=0.85,
            digits=3,
            sign="°",
        ),
    )


class UrlRecognizer(Recognizer):
    """Full URLs except plain pages of public hosts; profile pages; bare domains with a path."""

    kinds = ("URL",)
    context = ("website", "url", "link")

    def ready(self, scan: Scan) -> bool:
        """Look for a dot between letters."""
        return scan.dotted

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Everything with a scheme or www, then bare domains that lead somewhere."""
        for pattern, score in ((_URL, 0.9), (_BARE, 0.6)):
            for match in pattern.finditer(scan.text):
                end = match.start() + len(match.group().rstrip(_TRAILING))
                if score and self._personal(scan.text[match.start() : end], bare=pattern is _BARE):
                    yield self.span(match.start(), end, "URL", score)

    @staticmethod
    def _personal(url: str, *, bare: bool) -> bool:
        found = _HOST.match(url)
        host = found[1].lower().rstrip(".") if found else ""
        rest = url[found.end() :].strip("/") if found else ""
        if _under(host, _PROFILES):
            return bool(rest)
        return not (_under(host, _PUBLIC) and "?" not in rest and "@" not in rest) and (not bare or bool(rest))


def _under(host: str, domains: frozenset[str]) -> bool:
    parts = host.split(".")
    return any(".".join(parts[i:]) in domains for i in range(len(parts)))


class WalletRecognizer(Recognizer):
    """Crypto wallets: Bitcoin (base58check, bech32) and Ethereum."""

    kinds = ("CRYPTO",)
    context = ("wallet", "btc", "bitcoin", "eth")
    _pattern = re.compile(
        r"(?<!\w)(?:(0[xX][0-9A-Fa-f]{40})|((?:bc|tb)1[0-9a-z]{11,87}|BC1[0-9A-Z]{11,87})|([13mn2][1-9A-HJ-NP-Za-km-z]{25,34}))(?!\w)"
    )

    def ready(self, scan: Scan) -> bool:
        """Look for a letter beside a digit, in a message long enough."""
        return scan.mixed and len(scan.text) > 25  # noqa: PLR2004 — the shortest address

    def spans(self, scan: Scan) -> Iterator[Span]:
        """Each form with its own check."""
        for match in self._pattern.finditer(scan.text):
            value = match.group()
            valid = bool(match[1]) or (checks.bech32(value) if match[2] else checks.base58check(value))
            cued = not {"wallet"}.isdisjoint(scan.families)
            if (score := 1.0 if valid else 0.8 * cued) >= LEAST:
                yield self.span(match.start(), match.end(), "CRYPTO", score)
