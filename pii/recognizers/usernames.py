"""User names and handles, beside their names."""

from __future__ import annotations

from pii.recognizers.beside import BesideRecognizer, beside


class UsernameRecognizer(BesideRecognizer):
    """User names: "my username is jdoe42", "user name: jdoe", "my handle is @thandi_n"."""

    rows = (
        beside(
            "USERNAME",
            "user",
            r"(?=[\w.\-]{0,39}[\d_])[A-Za-z0-9_][\w.\-]{2,39}(?<![.\-])",
            score=0.8,
            linked=True,
            words=True,
        ),
        beside(
            "USERNAME",
            "username",
            r"@?(?=[\w.\-]{0,39}[\w])[A-Za-z0-9_][\w.\-]{1,39}(?<![.\-])",
            score=0.82,
            linked=True,
            words=True,
        ),
        beside("USERNAME", "username", r"@[A-Za-z0-9_][\w.]{2,38}\w", score=0.85, words=True),
    )
