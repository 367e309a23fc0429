"""The trained finder of names, addresses, places, companies, user names and secrets in chat.

    from pii.model import NameFinder
    NameFinder.load().find("thanks siyabonga, i'm at 12 long street")

How it was trained, on what, and what it misses: MODEL_CARD.md and DATA_CARD.md beside this file.
"""

from pii.model.finder import NameFinder
from pii.model.stored import WeightsError

__all__ = ["NameFinder", "WeightsError"]
