"""What the tagger can say of a word: outside, or the beginning or inside of a kind."""

from typing import Final

PERSON: Final = "PERSON"
LOCATION: Final = "LOCATION"
STREET_ADDRESS: Final = "STREET_ADDRESS"
ORGANIZATION: Final = "ORGANIZATION"
USERNAME: Final = "USERNAME"
PASSWORD: Final = "PASSWORD"  # noqa: S105 — the name of a kind, not a secret
SECURITY_ANSWER: Final = "SECURITY_ANSWER"
ID_NUMBER: Final = "ID_NUMBER"  # numbers and codes: learnt so that they are told apart, reported only when asked for

KINDS: Final = (
    PERSON,
    LOCATION,
    STREET_ADDRESS,
    ORGANIZATION,
    USERNAME,
    PASSWORD,
    SECURITY_ANSWER,
    ID_NUMBER,
)

# Column 0 is outside; kind k begins at column 1 + 2k and goes on at 2 + 2k.
LABELS: Final = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BI"))


def begin(kind: str) -> int:
    """Return the column that opens a span of the kind."""
    return 1 + 2 * KINDS.index(kind)


def inside(kind: str) -> int:
    """Return the column that carries a span of the kind on."""
    return begin(kind) + 1
