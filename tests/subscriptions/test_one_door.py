"""The address: sealed in one column, in the mail itself, and nowhere else, in no spelling."""

import asyncio
import base64
import re

import httpx
import pytest
from support.service import running_service

from chatbot.storage.tables.subscriptions import Subscription
from tests.subscriptions.conftest import ADDRESS, FORM, LINK, VERSION, command
from tests.test_one_door import forms

NAME = ADDRESS.partition("@")[0]


def found(content: bytes) -> list[str]:
    """Look for the address and its own part, with a detector that knows nothing of ours."""
    text = content.decode("utf-8", errors="replace").lower()
    bare = re.sub(r"[\s-]", "", text)
    encoded = [base64.b64encode(b"x" * shift + NAME.encode()).decode()[4:-4].lower() for shift in range(3)]
    spelt = forms(ADDRESS) | forms(NAME) | {ADDRESS.replace("@", "%40"), *encoded}
    return [form for form in spelt if form in text or form in bare]


def test_the_detector_finds_what_it_should():
    """In clear, in capitals, in hex, in base64 at any place, and in an address of the web."""
    for text in (ADDRESS, ADDRESS.upper(), ADDRESS.encode().hex(), f"/a?b={ADDRESS.replace('@', '%40')}"):
        assert found(text.encode())
    for shift in range(3):
        assert found(base64.b64encode(b"a" * shift + ADDRESS.encode()))
    assert found(b"nobody@mail.example") == []


@pytest.mark.commitment("H3")
async def test_the_address_is_nowhere_in_clear(fresh_var, sink, tmp_path):
    """Through the service as it is served: the form, the yes, a letter, mistakes; then every file is looked at."""
    letter = tmp_path / "letter.md"
    letter.write_text("---\nlanguage: en\nsubject: News\n---\nNews.\n", encoding="utf-8")
    env = {
        "CHATBOT_SMTP_HOST": "127.0.0.1",
        "CHATBOT_SMTP_PORT": str(sink.port),
        "CHATBOT_LOG_LEVEL": "debug",
    }
    body = {"email": ADDRESS, "country": "ZA", "born": "1990-07", "purposes": {"updates": True}}
    with running_service(fresh_var(), **env) as service:
        env["CHATBOT_PUBLIC_URL"] = service.url
        async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
            assert (await client.post("/subscribe", data=FORM | {"purpose": "updates"})).status_code == 200
            assert (await client.post("/v1/subscriptions", json=body)).status_code == 202
            assert (await client.post("/v1/subscriptions", json=body | {"born": ADDRESS[:7]})).status_code == 400
            async with asyncio.timeout(30):
                await sink.arrived(2)
            [link] = LINK.findall(sink.texts[-1].replace("\r", ""))
            version = VERSION.search((await client.get(link)).text)[1]
            assert (await client.post(link, data={"version": version})).status_code == 200
            await client.post("/subscribe/manage", data={"email": ADDRESS})
            pages = [await client.get(path) for path in ("/metrics", "/health/ready", "/v1/notice")]
        settings = env | {"CHATBOT_VAR_DIR": str(service.var)}
        arguments = ("mail", "send", letter, "--purpose", "updates", "--officer", "staff-1")
        status, said = await command(settings, *arguments)
        places = {path.name: path.read_bytes() for path in service.var.rglob("*") if path.is_file()}
        places |= {str(page.url): page.content for page in pages} | {"command": said.encode()}
    assert (status, ADDRESS in sink.recipients) == (0, True)
    assert sink.messages[-1]["Subject"] == "News"
    assert "subscription" in places["chatbot.db"].decode(errors="replace")
    assert {name: found(content) for name, content in places.items() if found(content)} == {}


async def test_a_sealed_address_opens_in_its_own_row_alone(mailbox, services):
    """Moved to another row, or changed by a bit, it opens nothing."""
    await mailbox.subscribed("updates")
    [row] = await mailbox.rows(Subscription)
    desk = services.subscriptions
    assert desk.reveal(row.id, row.address) == ADDRESS
    assert desk.reveal("0" * 32, row.address) is None
    assert desk.reveal(row.id, row.address[:-1] + bytes([row.address[-1] ^ 1])) is None


async def test_a_row_whose_address_was_tampered_with_gets_no_mail(mailbox, services, letter):
    """It is counted as failed."""
    from chatbot.subscriptions import sending

    await mailbox.subscribed("updates")
    async with services.database.transaction() as session:
        [row] = await mailbox.rows(Subscription)
        session.add(row)
        row.address = row.address[:-1] + bytes([row.address[-1] ^ 1])
    assert (await sending.send(services.subscriptions, letter("updates"), "staff-1"))["failed"] == 1


def test_nothing_shows_an_address_in_a_traceback(services):
    """The types that hold one print without it."""
    from chatbot.subscriptions.asking import Wish
    from chatbot.subscriptions.parts import Request

    wish = Wish(ADDRESS, "en", "ZA", "1990-07", {})
    assert ADDRESS not in repr((wish, Request(ADDRESS, "en", "ZA", (), "rule", 0), services.subscriptions))
