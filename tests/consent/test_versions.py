"""Old notices stay readable as they were, and a change says which purposes it touches."""

import json
import shutil
from datetime import date, timedelta

import pytest

from consent.data import DataError
from consent.notice import Notices
from consent.versions import Archive, difference, touched
from tests.consent.conftest import DATA, NOON

TODAY = NOON.date()


@pytest.fixture
def archive(tmp_path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def changed(tmp_path, purposes, party):
    """Return a function that changes one text of a language and loads the notices again."""

    def change(old, new, language="en", register=purposes):
        folder = tmp_path / "notices"
        shutil.copytree(DATA / "notices", folder, ignore=shutil.ignore_patterns("strings"), dirs_exist_ok=True)
        path = folder / f"{language}.yaml"
        words = path.read_text(encoding="utf-8")
        assert old in words
        path.write_text(words.replace(old, new, 1), encoding="utf-8")
        return Notices.load(folder, register, party)

    return change


def test_an_edition_is_kept_once_and_read_again_as_it_was(archive, notices, changed):
    first = archive.keep(notices, TODAY)
    later = archive.keep(changed("Keep this conversation", "Keep it"), TODAY + timedelta(days=9))
    assert archive.keep(notices, TODAY + timedelta(days=20)) == first
    assert first.since == TODAY
    assert [edition.version for edition in archive.editions()] == [first.version, later.version]
    assert (
        archive.read(first.version).content["words"]["en"]["purposes"]["store"]["title"] == "Keep this conversation"
    )


def test_an_edition_that_was_altered_is_refused(archive, notices, tmp_path):
    archive.keep(notices, TODAY)
    path = tmp_path / "archive" / f"{notices.version}.json"
    kept = json.loads(path.read_text())
    kept["content"]["words"]["de"]["disclosure"] += "!"
    path.write_text(json.dumps(kept))
    with pytest.raises(DataError, match="was changed"):
        archive.read(notices.version)


@pytest.mark.parametrize("version", ["", "../party", "a/b", "é", "0" * 32])
def test_an_edition_that_is_not_there_is_an_error(archive, version):
    with pytest.raises(DataError):
        archive.read(version)


def test_a_difference_names_the_place_and_both_texts(archive, notices, changed):
    before = archive.keep(notices, TODAY)
    after = archive.keep(changed("Keep this conversation", "Keep it"), TODAY)
    [change] = difference(before, after)
    assert (change.place, change.before, change.after) == (
        "words.en.purposes.store.title",
        "Keep this conversation",
        "Keep it",
    )
    assert difference(before, before) == []


def test_a_new_place_has_no_text_before(archive, notices, changed, purposes):
    row = purposes.get("store").model_copy(update={"uses": {"message": ("database", "memory")}})
    register = purposes.model_copy(update={"purposes": (row, *purposes.purposes[1:])})
    before = archive.keep(notices, TODAY)
    after = archive.keep(changed("Month", "Month", register=register), TODAY)
    changes = {change.place: (change.before, change.after) for change in difference(before, after)}
    assert changes["purposes.purposes.store.uses.message.1"] == (None, "memory")


@pytest.mark.parametrize(
    ("edit", "purposes_"),
    [
        (("Keep this conversation", "Keep it", "en"), {"store"}),
        (("Bewaar hierdie", "Hou hierdie", "af"), {"store"}),
        (("Mir Neuigkeiten", "Uns Neuigkeiten", "de"), {"marketing"}),
        (("It can be", "It may be", "en"), set()),
        (("Keeping the service safe", "Keeping it safe", "en"), {"security"}),
    ],
)
def test_only_the_purposes_that_a_change_touches_are_asked_again(archive, notices, changed, edit, purposes_):
    before = archive.keep(notices, TODAY)
    assert touched(before, archive.keep(changed(*edit), TODAY)) == purposes_


def test_a_changed_rule_touches_its_purpose_even_with_the_same_words(archive, notices, changed, purposes):
    row = purposes.get("improve").model_copy(update={"minors": True})
    rows = tuple(row if each.id == "improve" else each for each in purposes.purposes)
    after = changed("Month", "Month", register=purposes.model_copy(update={"purposes": rows}))
    assert touched(archive.keep(notices, TODAY), archive.keep(after, TODAY)) == {"improve"}


def test_every_edition_of_a_day_is_found(archive, notices):
    assert archive.editions() == []
    archive.keep(notices, date(2026, 1, 1))
    assert [edition.since for edition in archive.editions()] == [date(2026, 1, 1)]
