"""The documentation cannot drift: settings, problems, events, commands, metrics, links and examples are checked."""

import contextlib
import io
import re

import pytest
from pydantic import SecretStr

from chatbot import errors
from chatbot.cli import COMMANDS
from chatbot.conversation.events import PHASES
from chatbot.observe.metrics import Metrics
from chatbot.settings import Settings

PREFIX = "CHATBOT_"
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.fixture(scope="session")
def pages(repository):
    """Give every page of documentation by its name."""
    paths = [*repository.glob("*.md"), *(repository / "docs").rglob("*.md")]
    return {path.relative_to(repository).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def sections(page):
    """Split a page of settings: name to text."""
    parts = re.split(rf"^### ({PREFIX}\w+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_setting_has_its_heading_and_every_heading_its_setting(pages):
    assert set(sections(pages["docs/settings.md"])) == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_documented_default_is_the_real_one(pages, name):
    default = Settings.model_fields[name].default
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    text = sections(pages["docs/settings.md"])[f"{PREFIX}{name.upper()}"].strip()
    if name == "data_dir":
        assert text.startswith("Default: the `data` folder")
    elif default in ("", ()):
        assert text.startswith("Default: empty")
    else:
        number = f"{default:g}" if isinstance(default, float) else str(default)
        assert text.startswith(f"Default: `{number.lower() if isinstance(default, bool) else number}`")


def problems():
    """Give every problem that the service tells, with its status."""
    classes, found = [errors.ChatbotError], {}
    while classes:
        current = classes.pop()
        classes += current.__subclasses__()
        found[current.code] = str(current.status)
    return found


def test_every_problem_is_documented_with_its_status_and_none_beside(pages):
    rows = re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", pages["docs/api.md"], re.MULTILINE)
    assert dict(rows) == problems()


def test_the_map_of_errors_shows_every_problem():
    mapped = re.findall(r"^ +\w+ +(\d{3}) ([a-z_]+)", errors.__doc__, re.MULTILINE)
    assert {code: status for status, code in mapped} | {"internal": "500"} == problems()


def test_every_event_is_documented(pages):
    assert set(re.findall(r"^\| `([a-z]+)` \| `?(?:\{|a problem)", pages["docs/api.md"], re.MULTILINE)) == set(PHASES)


def test_every_documented_command_exists_and_every_command_is_documented(pages):
    named = {word for text in pages.values() for word in re.findall(r"`chatbot ([a-z]+)", text)}
    assert named == set(COMMANDS)


def test_every_documented_metric_is_measured(pages):
    measured = Metrics().render().decode()
    named = {word for text in pages.values() for word in re.findall(r"`(chatbot_\w+)`", text)}
    assert named
    assert [name for name in named if name not in measured] == []


def test_every_setting_that_a_file_names_exists(repository, pages):
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    files = ["compose.yaml", "Containerfile", "Makefile", "deploy/example.env", "deploy/Caddyfile", ".ci/run"]
    texts = pages | {name: (repository / name).read_text(encoding="utf-8") for name in files}
    named = {(name, word) for name, text in texts.items() for word in re.findall(r"\bCHATBOT_[A-Z_]+[A-Z]\b", text)}
    assert {(name, word) for name, word in named if word not in known} == set()


def anchor(heading):
    """Give the anchor under which a page's heading is reached."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def broken(name, page, pages, repository):
    """List the links of a page that lead nowhere."""
    for link in LINK.findall(page):
        target, _, fragment = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        path = (repository / name).parent / target if target else repository / name
        there = path.resolve()
        if not there.exists():
            yield link
        elif fragment:
            headings = HEADING.findall(pages[there.relative_to(repository).as_posix()])
            if fragment not in {anchor(heading) for heading in headings}:
                yield link


def test_every_link_leads_somewhere(repository, pages):
    lost = {name: list(broken(name, page, pages, repository)) for name, page in pages.items()}
    assert {name: links for name, links in lost.items() if links} == {}


def test_every_file_that_is_named_exists(repository, pages):
    """A path in code type counts from the root, or from the folder that the page speaks of."""
    spoken_of = ["", "chatbot", "chatbot/conversation", "data", "tests/pii/core"]
    paths = re.compile(r"`([\w.-][\w./-]*(?:/|\.(?:py|md|yaml|txt|toml|json)))`")
    named = {(page, path) for page, text in pages.items() for path in paths.findall(text) if path != "var/"}
    assert named
    there = {each for each in named if any((repository / folder / each[1]).exists() for folder in spoken_of)}
    assert named - there == set()


def test_every_decision_is_in_the_list(repository, pages):
    decisions = {path.name for path in (repository / "docs" / "adr").glob("0*.md")}
    assert {link for link in LINK.findall(pages["docs/adr/README.md"]) if link.startswith("0")} == decisions


def test_the_example_of_the_readme_does_what_it_says(pages):
    code = re.search(r"```python\n(.*?)```", pages["README.md"], re.DOTALL)[1]
    promised = re.findall(r"print\(.*?\) +# (.*)", code)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 — the example itself is what is tested
    assert promised
    assert printed.getvalue().splitlines() == promised
