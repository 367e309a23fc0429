"""What can go wrong in redaction. No message carries a visitor's text.

PiiError
├── RedactionError              text could not be redacted; nothing of it may be kept or sent
│   └── RedactionUnavailable    the redactor is slow, full or down: try again later
├── VaultError                  a sealed vault is damaged, foreign or under another key
└── DataError                   a word list or a setting is wrong: refuse to start
"""


class PiiError(Exception):
    """Any error of this package."""


class RedactionError(PiiError):
    """Text could not be redacted, so nothing of it may be kept or sent."""


class RedactionUnavailable(RedactionError):
    """The redactor is slow, full or closed; the same text may work later."""


class VaultError(PiiError):
    """A sealed vault cannot be opened: damaged, foreign, or another key."""


class DataError(PiiError):
    """A word list or setting is wrong; the message names the file and line, or the setting."""
