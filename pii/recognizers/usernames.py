"""User names and handles, beside their names."""

from __future__ import annotations

from pii.recognizers.beside import BesideRecognizer, beside

_NAME = r"(?=[\w.\-]{0,39}[A-Za-z])[A-Za-z0-9_][\w.\-]{1,39}(?<![.\-])"


class UsernameRecognizer(BesideRecognizer):
    """User names: "my username is jdoe42", "user name: jdoe", "my handle is @thandi_n"."""

    rows = (
        beside("USERNAME", "user", rf"(?=[\w.\-]{{0,39}}[\d_]){_NAME}", score=0.8, linked=True, words=True),
        beside("USERNAME", "login", _NAME, score=0.8, linked=True, words=True),
        beside("USERNAME", "username", rf"@?{_NAME}", score=0.82, linked=True, words=True, open_end=True),
        beside("USERNAME", "username", r"@[A-Za-z0-9_][\w.]{2,38}\w", score=0.85, words=True),
    )
