"""`chatbot registry validate`: every register in one go, a line for each, and an exit code for machines."""

import json
import shutil

import pytest
import yaml
from click.testing import CliRunner
from support.busy_site import DATA, SERVICE

from chatbot.cli import main


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(DATA, tmp_path / "data")


def validate(folder, *arguments):
    return CliRunner().invoke(main, ["registry", "validate", "--data", str(folder), *arguments])


@pytest.mark.commitment("D3")
def test_a_sound_data_folder_is_in_order(folder):
    """Every group is named once, and the exit code is zero."""
    result = validate(folder, "--json")
    rows = json.loads(result.stdout)
    assert (result.exit_code, {row["verdict"] for row in rows}) == (0, {"ok"})
    assert {
        "responsible party", "purposes", "operators", "notices", "sources", "cookies and site services", "law",
        "commitments",
    } <= {row["group"] for row in rows}  # fmt: skip
    assert "0 not, on" in validate(folder).stdout


@pytest.mark.commitment("D3")
@pytest.mark.parametrize(
    ("file", "change", "group", "says"),
    [
        ("party", ("name: Rousora\n", 'name: ""\n'), "responsible party", "name"),
        ("party", ("  email: support@rousora.com\neu", "  email: nobody\neu"), "responsible party", "email"),
        ("party", ("eu_representative:", "representative:"), "responsible party", "eu_representative"),
        ("sources", ("open: false", "open: true"), "sources", "cannot be open without"),
        ("sources", ("data: [feedback]", "data: [shoe_size]"), "sources", "knows no shoe_size"),
        ("operators", ("operators: []", "operators: [{}]"), "operators", "operators.0"),
        ("purposes", ("basis: contract", "basis: whim"), "purposes", "basis"),
        ("storage", ("category: necessary", "category: vital"), "cookies and site services", "category"),
    ],
)
def test_what_is_wrong_is_named_with_its_place_and_the_exit_code_is_1(folder, file, change, group, says):
    """The other groups are still checked."""
    path, (old, new) = folder / "registers" / f"{file}.yaml", change
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = validate(folder, "--json")
    rows = {row["group"]: row for row in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert rows[group]["verdict"] == "failed"
    assert says in rows[group]["says"]
    assert rows["law"]["verdict"] == "ok"


@pytest.mark.commitment("K15")
@pytest.mark.parametrize(("day", "code"), [("2026-11-21", 0), ("2028-02-01", 3)])
def test_papers_that_are_over_have_an_exit_code_of_their_own(folder, day, code):
    """The files are right, but on that day a contract is not in force."""
    services = yaml.safe_dump({"services": [SERVICE]}, allow_unicode=True)
    (folder / "registers" / "site_services.yaml").write_text(services, encoding="utf-8")
    result = validate(folder, "--as-of", day)
    assert result.exit_code == code
    assert ("counter is not offered: the contract DPA-1 ended" in result.stdout) == bool(code)
