"""The site's pages: in the visitor's language, with the way to the others, and errors that people can read."""

import ast
import re
from pathlib import Path

import pytest
from sqlmodel import select

from chatbot import site_words
from chatbot.settings import data_folder
from chatbot.site_words import load_site
from consent.data import DataError
from consent.tables import ConsentEvent

LANGUAGES = ("en", "af", "de")
WORDS = load_site(data_folder() / "site", set(LANGUAGES))
PAGES = ["/privacy", "/acceptable-use", "/cookies", "/privacy/versions", "/cookies/settings", "/guardian/login",
         "/guardian/report", "/help/company"]  # fmt: skip
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ERRORS = {"NotFound", "InvalidRequest", "StorageStopped", "ConsentStale", "MailStopped", "RateLimited"}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_page_speaks_the_language_that_is_named(client, path, language):
    """The document says its language, its words are in it, and the other languages are one press away."""
    page = (await client.get(f"{path}?language={language}")).text
    words = WORDS[language].text
    assert f'<html lang="{language}">' in page
    assert f">{words['skip']}</a>" in page
    assert f'<a href="/privacy?language={language}">{words["privacy"]}</a>' in page
    assert f'<span lang="{language}" aria-current="true">{WORDS[language].name}</span>' in page
    others = re.findall(r'<a lang="(\w+)" hreflang="\w+" href="\?language=(\w+)">', page)
    assert sorted(others) == sorted((tag, tag) for tag in LANGUAGES if tag != language)


@pytest.mark.parametrize(
    ("asked", "language"),
    [("de-AT,de;q=0.9,en;q=0.5", "de"), ("af", "af"), ("fr,en;q=0.5", "en"), ("", "en"), ("zz;;,", "en")],
)
async def test_a_page_without_a_language_in_its_address_follows_the_browser(client, asked, language):
    """No cookie remembers a language, so the links do not name one that nobody chose."""
    answer = await client.get("/privacy", headers={"Accept-Language": asked})
    assert f'<html lang="{language}">' in answer.text
    assert '<a href="/cookies">' in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_difference_keeps_its_versions_in_every_language(client, services):
    """The switch leads to the same page, not to another."""
    version = services.policies.current["privacy"].version
    page = (await client.get(f"/policies/privacy/difference?from={version}&to={version}&language=de")).text
    assert WORDS["de"].text["same"] in page
    assert f'href="?from={version}&amp;to={version}&amp;language=af"' in page


@pytest.mark.parametrize("language", ["af", "de"])
async def test_an_english_original_is_marked_as_such_for_readers_and_screen_readers(client, language):
    """The policies are kept in English: the page says so, in the visitor's language."""
    page = (await client.get(f"/privacy?language={language}")).text
    assert '<div lang="en"><h1' in page
    assert '<p class="original">' in page
    assert '<p class="original">' not in (await client.get("/privacy?language=en")).text


async def test_the_cookie_policy_is_written_in_each_language_and_archived_in_english(client, services):
    """It is made from the register, so no original stands behind it; what is kept as published does not change."""
    for language in LANGUAGES:
        page = (await client.get(f"/cookies?language={language}")).text
        assert f'">{WORDS[language].text["cookies_title"]}</h1>' in page
        assert services.cookies.words[language].categories["analytics"].text in page
        assert 'class="original"' not in page
    assert services.policies.current["cookies"].text.title == "Cookie Policy"


async def test_the_form_keeps_its_language_and_the_ledger_its_words(client, services):
    """What was read in German is on record as agreed to in German."""
    page = (await client.get("/cookies/settings?language=de")).text
    assert 'action="/cookies/settings?language=de"' in page
    data, ours = {"control": "accept_all"}, {"Sec-Fetch-Site": "same-origin"}
    answer = await client.post("/cookies/settings?language=de", data=data, headers=ours)
    assert answer.headers["location"] == "/cookies/settings?language=de&saved=yes"
    saved = (await client.get(answer.headers["location"])).text
    assert services.cookies.words["de"].saved in saved
    async with services.database.reading() as session:
        kept = (await session.exec(select(ConsentEvent))).all()
    assert {event.language for event in kept} == {"de"}
    assert kept[0].text_sha256 == services.cookies.asked("de").text_sha256(kept[0].purpose)


@pytest.mark.parametrize(
    "path", ["/nothing", "/privacy/nothing", "/help/nothing", "/policies/privacy/0", "/guardian/x"]
)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_browser_that_goes_wrong_gets_a_page(client, path, language):
    """In the visitor's language, with the status, whom to ask, and nothing that runs or is kept."""
    answer = await client.get(f"{path}?language={language}", headers=BROWSER)
    assert answer.status_code == 404
    assert f"<h1>{WORDS[language].text['error_not_found']}</h1>" in answer.text
    assert "support@rousora.com" in answer.text
    assert "<script" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/nothing", {}), ("/nothing", {"Accept": "application/json"}), ("/v1/nothing", BROWSER), ("/v1/me", BROWSER)],
)
async def test_a_program_gets_a_problem(client, path, headers):
    """So does everybody who asks the interface."""
    answer = await client.get(path, headers=headers)
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_an_error_of_ours_shows_nothing_of_its_cause(client, services, monkeypatch):
    """A fault that nobody foresaw: a kind sentence, status 500, and not a word of the exception."""
    monkeypatch.setattr(type(services.policies), "editions", lambda *_: 1 / 0)
    answer = await client.get("/privacy/versions?language=af", headers=BROWSER)
    assert answer.status_code == 500
    assert WORDS["af"].text["error_internal"] in answer.text
    assert "zero" not in answer.text


@pytest.mark.parametrize("query", ['"><script>alert(1)</script>', "de&x=<b>"])
async def test_what_stands_in_the_address_stays_text(client, query):
    """The switch repeats the address, escaped."""
    page = (await client.get("/privacy", params={"language": "de", "q": query})).text
    assert "<script>alert" not in page
    assert "<b>" not in page


def sentences(path):
    """Give every sentence that a module's errors say."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS and node.args:
            value = node.args[0]
            if isinstance(value, ast.Constant):
                yield value.value


def modules():
    """Give the modules whose errors end on a page."""
    package = Path(site_words.__file__).parent
    yield from (package / "guardians").glob("*.py")
    yield from (package / "subscriptions").glob("*.py")
    yield from (package / name for name in ("policies.py", "limits.py", "api/guardian_pages.py", "api/rendering.py"))


def test_every_particular_sentence_of_an_error_is_translated():
    """What the pages' errors say in English, they say in every language."""
    said = {sentence for path in modules() for sentence in sentences(path)}
    assert len(said) > 10
    elsewhere = {  # said by the widget, by a command, and by the interface for programs
        "This code is not known. Please ask your parent for a new one.",
        "Mail is off: set CHATBOT_SMTP_HOST.",
        "Check the fields named in 'errors'.",
    }
    for language in LANGUAGES:
        assert said - set(WORDS[language].details) <= elsewhere, language


def test_a_missing_word_stops_the_start(tmp_path):
    """With the file and the key in the message."""
    for tag in LANGUAGES:
        text = (data_folder() / "site" / f"{tag}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{tag}.yaml").write_text(
            text.replace("  skip:", "  hop:") if tag == "af" else text, encoding="utf-8"
        )
    with pytest.raises(DataError, match=r"site/.*\.yaml: missing"):
        load_site(tmp_path, set(LANGUAGES))
