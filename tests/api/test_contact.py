"""Whom to ask is on every page, every problem page, every notice and in every mail, as the register names it."""

import re
import shutil
from pathlib import Path

import httpx
import pytest
import yaml

from chatbot.app import build
from chatbot.start import start

DATA = Path(__file__).resolve().parents[2] / "data"
CONTACT = "help@acme.example"
MAIL_TEXT = re.compile(r"^mail_\w*(?:text|foot)$")
WITH_FOOT = {"subscribe/mail_policy_text"}  # goes out with the foot, which names the contact
# What a route's parameter may be, so that the page is found; any other page is a problem page, which counts as well.
KNOWN = {"policy": "privacy", "name": "company"}


@pytest.fixture
async def acme(tmp_path, make_settings, redactor):
    """A site whose contact is another one than Rousora's; gives its client and its routes."""
    data = shutil.copytree(DATA, tmp_path / "data")
    path = data / "registers" / "party.yaml"
    party = yaml.safe_load(path.read_text(encoding="utf-8")) | {"support": CONTACT}
    path.write_text(yaml.safe_dump(party), encoding="utf-8")
    settings = make_settings(data_dir=data)
    from conftest import migrated

    await migrated(settings)
    services = start(settings, redactor)
    app = build(settings, services)
    transport = httpx.ASGITransport(app=app)
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
        yield client, services, routes(app)
    await services.database.close()


def routes(app):
    """Give the paths of every GET route of the application, with something in place of each parameter."""
    while not hasattr(app, "routes"):
        app = getattr(app, "_app", None) or app.app
    ours = (route.path for route in app.routes if "GET" in getattr(route, "methods", ()))
    paths = {path for path in ours if not path.startswith("/schema")}  # the framework's pages for programmers
    return {re.sub(r"\{(\w+)[^}]*\}", lambda match: KNOWN.get(match[1], "x"), path) for path in paths}


@pytest.mark.commitment("W6", "P7")
async def test_every_page_of_the_site_names_the_contact_of_the_register(acme):
    """Walked over the routes of the application as they are, in each language; no page is left out."""
    client, services, paths = acme
    pages = {}
    for path in paths:
        for language in services.notices.by_language:
            answer = await client.get(path, params={"language": language})
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                pages[path, language, answer.status_code] = answer.text
    found = {path for path, _, _ in pages}
    assert {"/", "/privacy", "/acceptable-use", "/cookies", "/cookies/settings", "/privacy/versions"} <= found
    assert {status for _, _, status in pages} >= {200, 404}
    assert [page for page, text in pages.items() if f"mailto:{CONTACT}" not in text] == []


@pytest.mark.commitment("W6", "P7")
async def test_the_notice_and_every_refusal_name_the_contact(acme):
    """In each language: the notice's contacts, and the words for whoever may not or does not chat."""
    client, services, _ = acme
    for language in services.notices.by_language:
        notice = (await client.get("/v1/notice", params={"language": language})).json()
        assert notice["contacts"]["support"] == CONTACT
        assert CONTACT in notice["messages"]["refused"]
        assert CONTACT in notice["messages"]["guardian_required"]


@pytest.mark.commitment("W6", "P7")
@pytest.mark.parametrize("language", ["en", "af", "de"])
def test_every_mail_names_the_contact(language):
    """Over every text of the data folder that is sent by mail."""
    texts = {}
    for path in DATA.rglob(f"{language}.yaml"):
        collect(yaml.safe_load(path.read_text(encoding="utf-8")), path.parent.name, texts)
    assert len(texts) >= 3
    assert {key for key, text in texts.items() if "{support}" not in text} == WITH_FOOT & set(texts)


def collect(value, place, texts):
    """Gather the mails' texts, wherever in a file they are."""
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, str) and MAIL_TEXT.match(str(key)):
                texts[f"{place}/{key}"] = each
            collect(each, place, texts)
