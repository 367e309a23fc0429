"""Mail leaves by the one door: to a registered server or this machine, and never to a header of somebody else's."""

from collections import Counter
from datetime import date

import pytest
from support.smtp_sink import smtp_sink

from consent import egress
from consent.data import check
from consent.operators import OperatorExpired, OperatorMissing, Register
from tests.consent.test_operators import ROW

EMPTY = Register(operators=())
SENDER = "support@rousora.com"


def own(sink):
    return egress.MailServer("127.0.0.1", sink.port, SENDER)


async def test_a_message_arrives_whole_and_is_counted():
    counts: Counter[str] = Counter()
    async with smtp_sink() as sink:
        mailer = egress.mail(EMPTY, own(sink), counts=counts)
        await mailer.send("jo@mail.example", "Kennisgewing ✓", "Dear Jo,\n.one dot\nBye")
    [message] = sink.messages
    assert (message["From"], message["To"], message["Subject"]) == (SENDER, "jo@mail.example", "Kennisgewing ✓")
    assert message["Auto-Submitted"] == "auto-generated"
    assert sink.texts[0].splitlines() == ["Dear Jo,", ".one dot", "Bye"]
    assert sink.recipients == ["jo@mail.example"]
    assert counts == {"own-machine": 1}


@pytest.mark.parametrize("host", ["mail.models.example", "10.0.0.1", "localhost.evil.example"])
def test_an_unregistered_mail_server_is_refused_before_anything_is_sent(host):
    with pytest.raises(OperatorMissing):
        egress.mail(EMPTY, egress.MailServer(host, 587, SENDER))


def test_a_server_registered_for_other_data_gets_no_mail():
    known = check({"operators": [ROW]}, Register, "operators.yaml")
    with pytest.raises(OperatorMissing, match="not registered to receive contact"):
        egress.mail(known, egress.MailServer(ROW["hosts"][0], 587, SENDER))


async def test_a_contract_that_lapses_later_shuts_the_door_later():
    row = ROW | {"data_classes": ["contact"]}
    known = check({"operators": [row]}, Register, "operators.yaml")
    mailer = egress.Mailer(known, egress.MailServer(row["hosts"][0], 587, SENDER), on=lambda: date(2099, 1, 1))
    with pytest.raises(OperatorExpired):
        await mailer.send("jo@mail.example", "Hello", "Hello")


@pytest.mark.parametrize(
    ("to", "subject"), [("jo@mail.example\nBcc: eve@mail.example", "Hello"), ("jo@mail.example", "Hello\nBcc: eve")]
)
async def test_a_line_break_never_becomes_a_header(to, subject):
    async with smtp_sink() as sink:
        mailer = egress.mail(EMPTY, own(sink))
        with pytest.raises(egress.MailError):
            await mailer.send(to, subject, "text")
    assert sink.messages == []


async def test_a_refusal_is_told_without_the_address():
    async with smtp_sink() as sink:
        sink.refuse = True
        mailer = egress.mail(EMPTY, own(sink))
        with pytest.raises(egress.MailError) as caught:
            await mailer.send("jo@mail.example", "Hello", "text")
    assert "jo@" not in str(caught.value)
    assert "jo@" not in repr(mailer)


async def test_a_long_address_in_a_header_stays_one_line():
    """Mail programs read `List-Unsubscribe` as it stands; folded into encoded words it would be none (RFC 8058)."""
    async with smtp_sink() as sink:
        mailer = egress.mail(EMPTY, own(sink))
        link = f"<https://www.rousora.com/{'Ab-_' * 60}>"
        await mailer.send("jo@mail.example", "Hello", "Hello", {"List-Unsubscribe": link})
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in sink.raw[0]


ALIASES = (
    *("list:jo@mail.example", "(x)jo@mail.example", "jo(x)@mail.example", "jo@mail.example(x)"),
    *("=?utf-8?q?jo?=@mail.example", '"jo"@mail.example', "Jo <jo@mail.example>", "jo@mail.example,eve@mail.example"),
    *(
        "jo\x00@mail.example",
        "jo\u202e@mail.example",
        "jo\ud800@mail.example",
        "\uff4ao@mail.example",
        "jo@mail.example.",
    ),
    *("provider:jo@mail.example", "jo@[127.0.0.1].de", "jo.@mail.example", "jo@", "@mail.example", "jo@mail", ""),
)


@pytest.mark.parametrize("to", ALIASES)
async def test_a_mailbox_has_one_name_here(to):
    """A group, a comment, an encoded word, or a look-alike letter would reach it under a name that no limit knows."""
    assert not egress.is_address(to)
    async with smtp_sink() as sink:
        mailer = egress.mail(EMPTY, own(sink))
        with pytest.raises(egress.MailError):
            await mailer.send(to, "Hello", "text")
    assert sink.recipients == []


@pytest.mark.parametrize("to", ["jo@mail.example", "o'neil+x_y-z@sub.mail.co.za", "jörg@straße.example", "JO@x.org"])
def test_every_usual_address_is_one(to):
    """Also with letters beyond ASCII; whether there is such a mailbox, a mail server decides."""
    assert egress.is_address(to)
