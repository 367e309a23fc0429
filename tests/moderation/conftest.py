"""The words as they are shipped, and the replies that must not get out."""

from pathlib import Path

import pytest
import yaml

from chatbot.moderation import Moderation

FOLDER = Path(__file__).resolve().parents[2] / "data" / "moderation"


@pytest.fixture(scope="session")
def moderation():
    """The real word lists, loaded once."""
    return Moderation.load(FOLDER / "words")


@pytest.fixture(scope="session")
def redteam():
    """The replies to attack with."""
    return yaml.safe_load((FOLDER / "redteam.yaml").read_text(encoding="utf-8"))
