"""Every data file loads as the service loads it, and the promises are the policies' own words."""

import re

import pytest
import yaml

from chatbot.cli.doctor.files import _loaders
from chatbot.cli.promises import Promises
from chatbot.settings import data_folder

LOADERS = _loaders(data_folder())


@pytest.mark.parametrize("group", LOADERS)
def test_the_data_files_load(group):
    LOADERS[group]()


def test_every_yaml_file_is_yaml(repository):
    folders = [repository / name for name in ("data", "consent", "pii", "chatbot")]
    paths = [path for folder in folders for path in folder.rglob("*.yaml")]
    assert paths
    for path in paths:
        assert yaml.safe_load(path.read_text(encoding="utf-8")) is not None, path


def plain(text):
    """Fold text to its letters and digits, so that line ends, emphasis and kinds of quotes do not matter."""
    return " ".join(re.findall(r"\w+", text.lower()))


SECTIONS = Promises.load(data_folder() / "registers" / "commitments.yaml").sections


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.title)
def test_every_promise_stands_in_the_policy_that_is_served(section):
    served = plain((data_folder() / "policies" / f"{section.policy}.md").read_text(encoding="utf-8"))
    fragments = [(each, part) for each, quote in section.promises.items() for part in quote.split("…")]
    assert [(each, part) for each, part in fragments if plain(part) not in served] == []
