"""The finder, loaded once."""

import pytest

from pii.model import NameFinder


@pytest.fixture(scope="session")
def finder():
    return NameFinder.load()
