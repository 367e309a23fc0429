"""A site that uses analytics."""

import pytest
from support import busy_site

from chatbot.cookies.registry import Registry


@pytest.fixture(scope="session")
def busy_data(tmp_path_factory):
    """Its data folder."""
    return busy_site.make(tmp_path_factory.mktemp("busy") / "data")


@pytest.fixture(scope="session")
def busy(busy_data):
    """Its register."""
    return Registry.load(busy_data)
