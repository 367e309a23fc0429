"""One door: unique values go in at the front, and are looked for everywhere else with a detector of its own.

Looked at: every file below `var` (databases and their write-ahead logs), the log, the metrics, what the model server
was sent, the health page, and the notice. The detector knows nothing of our redactor: it decodes base64 and hex,
ignores case and spaces, and looks for each value and its reverse.
"""

import base64
import re
import sqlite3

import pytest
from support.scripted_model import scripted_model
from support.service import running_service
from support.streams import visiting

CANARIES = {
    "e-mail": "qzanele.canary@mail.example",
    "phone": "082 734 9153",
    "person": "Qhayiyalethu Mncwabe",
    "id": "8001015009087",
    "card": "4111 1111 1111 1111",
    "iban": "DE89 3704 0044 0532 0130 00",
    "password": "Zebra!77x9Q",
    "street": "174 Kwagga Crescent",
    "ip": "196.25.255.3",
    "key": "sk_live_4eC39HqLyjWDarjtT1zdp7dcX",
}
MESSAGES = [
    "My e-mail is {e-mail} and my phone number is {phone}.",
    "My name is {person}, ID number {id}.",
    "Please charge my card {card}, or my IBAN {iban}.",
    "my password is {password}",
    "I live at {street}, Rosebank, Johannesburg 2196.",
    "My router is at {ip} and my API key is {key}",
]


def forms(value):
    """Give the ways in which a value may have been written down."""
    plain = value.lower()
    bare = re.sub(r"[\s-]", "", plain)
    return {
        plain,
        bare,
        bare[::-1],
        base64.b64encode(value.encode()).decode().rstrip("=").lower(),
        value.encode().hex(),
    }


def found(haystack: bytes) -> list[str]:
    text = haystack.decode("utf-8", errors="replace").lower()
    bare = re.sub(r"[\s-]", "", text)
    return [name for name, value in CANARIES.items() if any(form in text or form in bare for form in forms(value))]


def test_the_detector_finds_what_it_should():
    for name, value in CANARIES.items():
        for form in (value, value.upper(), value.encode().hex(), base64.b64encode(value.encode()).decode()):
            assert found(b"xx" + form.encode() + b"yy") == [name]
    assert found(b"nothing personal") == []


@pytest.mark.commitment("C5")
@pytest.mark.parametrize("consents", [{"store": True, "improve": True, "personalise": True}, {}])
async def test_no_raw_value_is_stored_logged_or_sent(fresh_var, consents):
    with scripted_model() as model:
        # A hostile model that repeats every placeholder it was ever given.
        model.pieces = ["I noted <PERSON_1>, <EMAIL_ADDRESS_1>", ", <PHONE_NUMBER_1> and <CREDIT_CARD_1>."]
        env = {
            "CHATBOT_MODEL": "openai:scripted",
            "CHATBOT_MODEL_BASE_URL": model.base_url,
            "CHATBOT_LOG_LEVEL": "debug",
        }
        with running_service(fresh_var(), **env) as service:
            async with visiting(service.url, consents) as visitor:
                for message in MESSAGES:
                    answer = await visitor.say(message.format(**CANARIES))
                    assert answer.done
                if consents:
                    comment = {"turn": 1, "rating": "down", "comment": MESSAGES[0].format(**CANARIES)}
                    await visitor.client.post(
                        f"/v1/sessions/{visitor.id}/feedback", json=comment, headers=visitor.headers
                    )
                    left = {"message": MESSAGES[1].format(**CANARIES)}
                    await visitor.client.post(
                        f"/v1/sessions/{visitor.id}/handoff", json=left, headers=visitor.headers
                    )
                pages = [await visitor.client.get(path) for path in ("/metrics", "/health/ready", "/v1/notice", "/")]
        places = {path.name: path.read_bytes() for path in service.var.rglob("*") if path.is_file()}
        places |= {str(page.url): page.content for page in pages}
        places["model requests"] = "\n".join(model.bodies).encode()
    assert model.bodies
    assert {name: found(content) for name, content in places.items() if found(content)} == {}
    with sqlite3.connect(service.var / "chatbot.db") as database:
        kept = database.execute("SELECT count(*) FROM turn").fetchone()[0]
    assert kept == (len(MESSAGES) if consents else 0)
