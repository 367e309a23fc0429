"""The notice: complete in every language, rendered from the registers, and a new version for every changed word."""

import re
import shutil

import pytest

from consent import law
from consent.data import DataError
from consent.notice import Notices
from consent.party import Party
from tests.consent.conftest import DATA

LANGUAGES = ["af", "de", "en"]


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(DATA / "notices", tmp_path / "notices", ignore=shutil.ignore_patterns("strings"))
    return tmp_path / "notices"


@pytest.fixture
def load(folder, purposes, party):
    """Return a function that reads the copied notices, as they are then."""
    return lambda: Notices.load(folder, purposes, party)


def change(path, old, new):
    words = path.read_text(encoding="utf-8")
    assert old in words
    path.write_text(words.replace(old, new, 1), encoding="utf-8")


def test_every_language_is_there_under_one_version(notices):
    assert sorted(notices.by_language) == LANGUAGES
    assert {notice.version for notice in notices.by_language.values()} == {notices.version}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("DE", "de"),
        ("af-ZA", "af"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
        ("../de", "en"),
    ],
)
def test_the_closest_language_answers_and_english_is_the_last_resort(notices, wanted, found):
    assert notices.best(wanted).language == found


def test_the_first_language_that_exists_wins(notices):
    assert notices.best("fr", None, "af", "de").language == "af"


@pytest.mark.parametrize(
    "edit",
    [
        ("en.yaml", "It can be", "It may be"),
        ("af.yaml", "Bewaar hierdie", "Hou hierdie"),
        ("de.yaml", "Computerprogramm", "Rechner"),
    ],
)
def test_a_changed_word_in_any_language_is_a_new_version(folder, load, notices, edit):
    same = load()
    assert same.version == notices.version
    file, old, new = edit
    change(folder / file, old, new)
    assert load().version != notices.version


@pytest.mark.commitment("P2")
def test_a_changed_register_is_a_new_version_and_shows_in_the_words(purposes, party, notices):
    rows = tuple(
        row.model_copy(update={"retention_days": 90}) if row.id == "store" else row for row in purposes.purposes
    )
    changed = Notices.load(DATA / "notices", purposes.model_copy(update={"purposes": rows}), party)
    assert changed.version != notices.version
    for tag in LANGUAGES:
        assert "180" in notices.by_language[tag].words.purposes["store"].text
        assert "90" in changed.by_language[tag].words.purposes["store"].text
        assert changed.by_language[tag].activities()[0].retention_days == 90


def test_a_comment_or_another_spacing_is_not_a_new_version(folder, load, notices):
    path = folder / "en.yaml"
    path.write_text("# a comment\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load().version == notices.version


def test_each_purpose_and_language_has_its_own_text_hash(folder, load, notices):
    asked = [(n, row) for n in notices.by_language.values() for row, _ in (*n.asked(abroad=True), *n.subscribing())]
    assert len({n.text_sha256(row.id) for n, row in asked}) == 18
    before = notices.best("en")
    change(folder / "en.yaml", "Keep this conversation", "Keep our conversation")
    after = load().best("en")
    assert after.text_sha256("store") != before.text_sha256("store")
    assert after.text_sha256("improve") == before.text_sha256("improve")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_age_question_names_no_age_and_gives_no_hint(notices, tag):
    notice = notices.best(tag)
    words = " ".join([*notice.words.age_question.model_dump().values(), *notice.words.country.model_dump().values()])
    assert not re.search(r"\d", words)
    assert not re.search(
        r"at least|old enough|adult|minor|mindestens|alt genug|volljährig|oud genoeg|volwasse", words, re.IGNORECASE
    )


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_refusal_tells_what_happens_next_and_whom_to_write_to(notices, party, tag):
    for state in ("guardian_required", "refused"):
        assert party.support in notices.best(tag).message(state)
        assert not re.search(r"\d", notices.best(tag).message(state))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_disclosure_says_that_a_model_answers_and_a_person_can_be_had(notices, tag):
    assert re.search(r"language model|taalmodel|Sprachmodell", notices.best(tag).words.disclosure)
    assert re.search(r"person|mens|Menschen", notices.best(tag).words.disclosure)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_nothing_is_left_unfilled(notices, tag):
    assert "{" not in str(notices.best(tag).words.model_dump_json()).replace('{"', "").replace(":{", "")


def test_the_transfer_text_names_the_provider_and_its_country(purposes, party):
    notices = Notices.load(DATA / "notices", purposes, party, model="Example Models", model_country="US")
    for tag, country in (("en", "United States"), ("af", "Verenigde State"), ("de", "Vereinigte Staaten")):
        text = notices.best(tag).words.purposes["transfer"].text
        assert "Example Models" in text
        assert country in text


def test_transfer_is_shown_only_while_the_model_is_abroad(notices):
    shown = {abroad: [row.id for row, _ in notices.best("en").asked(abroad=abroad)] for abroad in (False, True)}
    assert shown[False] == ["store", "improve", "personalise"]
    assert shown[True] == [*shown[False], "transfer"]


def test_every_activity_is_readable_with_basis_data_recipients_and_days(notices):
    for notice in notices.by_language.values():
        rows = notice.activities()
        assert {row.id for row in rows} >= {"store", "service", "security", "proof"}
        assert "public_task" not in {row.id for row in rows}
        assert all(row.title and row.text and row.basis and row.data and row.recipients for row in rows)


def test_there_are_nine_rights_with_human_review(notices):
    for notice in notices.by_language.values():
        assert len(notice.words.rights) == 9
        assert "human_review" in notice.words.rights


def test_every_country_has_a_name_in_every_language_sorted_with_elsewhere_last(notices):
    for notice in notices.by_language.values():
        rows = notice.countries()
        assert len(rows) == len(law.countries()) == 251
        assert rows[-1][0] == "ZZ"
    names = [name for _, name in notices.best("de").countries()]
    assert names.index("Österreich") < names.index("Polen")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("  store:\n", "  keep:\n", "nothing is called 'keep'"),
        ("disclosure: >-\n  You", "disclosure: >-\n  {telephone} You", "nothing is called 'telephone'"),
        ("language: en", "language: fr", "language must be en"),
        ("disclosure:", "disclosures:", "disclosures"),
        ("  human_review:", "  human:", "rights: human, human_review"),
        ("    memory: the memory of the running program\n", "", "terms.recipients: memory"),
        ("  hint: The law", "  label: twice\n  hint: The law", "written twice: label"),
        ("label: AI-generated", "label: [", "not valid YAML"),
    ],
)
def test_a_file_that_differs_from_the_registers_stops_the_start(folder, load, old, new, complaint):
    change(folder / "en.yaml", old, new)
    with pytest.raises(DataError, match=re.escape("en.yaml: ")) as error:
        load()
    assert complaint in str(error.value)


def test_english_must_be_there(folder, load):
    (folder / "en.yaml").unlink()
    with pytest.raises(DataError, match="language of last resort"):
        load()


def test_widget_strings_need_the_same_keys_in_every_language(folder, load):
    strings = folder / "strings"
    strings.mkdir()
    for tag in LANGUAGES:
        (strings / f"{tag}.yaml").write_text("send: x\nstop: y\n")
    assert load().best("af").strings == {"send": "x", "stop": "y"}
    (strings / "af.yaml").write_text("send: x\n")
    with pytest.raises(DataError, match=r"strings/af.yaml: missing stop"):
        load()
    (strings / "af.yaml").unlink()
    with pytest.raises(DataError, match="no file for af"):
        load()


def test_the_strings_of_the_widget_are_not_part_of_the_version(folder, load, notices):
    (folder / "strings").mkdir()
    for tag in LANGUAGES:
        (folder / "strings" / f"{tag}.yaml").write_text("send: x\n")
    assert load().version == notices.version


@pytest.mark.commitment("P7", "A23", "A27", "D3")
@pytest.mark.parametrize(
    "field", ["name", "country", "website", "support", "reports", "information_officer", "eu_representative"]
)
@pytest.mark.parametrize("value", ["", None])
def test_an_empty_contact_stops_the_start(tmp_path, field, value):
    lines = (DATA / "registers" / "party.yaml").read_text(encoding="utf-8")
    path = tmp_path / "party.yaml"
    kept = re.sub(rf"^{field}:.*\n(  .*\n)*", "", lines, flags=re.MULTILINE)
    path.write_text(kept if value is None else f'{kept}{field}: ""\n', encoding="utf-8")
    with pytest.raises(DataError, match=f"party.yaml: .*{field}"):
        Party.load(path)


def test_every_contact_has_an_address(party):
    assert set(party.contacts()) == {"support", "reports", "information_officer", "eu_representative"}
    assert party.contacts()["support"] == "support@rousora.com"
