"""Words of a message with their places, cut the same way in training and in service."""

import re
from typing import Final, NamedTuple

# An address of a page or a mailbox is one token, so that its parts are never taken for names.
_TOKEN: Final = re.compile(
    r"""
      https?://\S+ | www\.\S+                       # page addresses
    | [\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+   # mailboxes
    | [぀-ヿ㐀-鿿가-힯]                               # scripts without spaces: a sign each
    | \w+                                           # words, numbers, codes
    | ['\u2019](?:s|m|re|ll|ve|d|t)\b                    # it's, don't: the ending stands alone
    | \S                                            # any other sign
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Token(NamedTuple):
    """One word or sign: `text[start:end]`."""

    word: str
    start: int
    end: int


def tokenise(text: str) -> list[Token]:
    """Return the tokens of a text in order; everything but white space belongs to one."""
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
