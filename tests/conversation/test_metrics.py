"""What is published in counts: no id, no word, and nothing about so few that it would be one person."""

import re

import pytest

from chatbot.storage.tables import ChatSession

MESSAGE = "I am Thandi Nkosi, my mail is thandi@mail.example and I am HIV positive. Do you set up CRM?"
ABOUT = re.compile(r"^chatbot_(hidden|flags|ratings)_\w+\{.*\} (\S+)$", re.MULTILINE)


async def published(client):
    return (await client.get("/metrics")).text


@pytest.mark.commitment("U7", "U14")
async def test_what_visitors_wrote_about_is_published_in_steps_of_ten_alone(visitor, client, services):
    """One person's statement shows in no count; the tenth does, and the eleventh changes nothing."""
    await visitor.begin({"store": True})
    await visitor.say(MESSAGE)
    assert "chatbot_hidden_total{" in services.metrics.render().decode()
    assert ABOUT.findall(await published(client)) == []
    for _ in range(9):
        services.metrics.flag("HEALTH")
        services.metrics.rating("up")
    seen = ABOUT.findall(await published(client))
    assert seen == [("flags", "10.0")]
    services.metrics.flag("HEALTH")
    assert ABOUT.findall(await published(client)) == seen


@pytest.mark.commitment("U7")
async def test_the_published_metrics_name_no_session_no_subject_and_no_word(visitor, client, services):
    """Scanned after a conversation: ids, values and words of it are not there."""
    await visitor.begin({"store": True})
    await visitor.say(MESSAGE)
    async with services.database.reading() as session:
        subject = (await session.get(ChatSession, visitor.id)).subject_id
    text = await published(client)
    assert "chatbot_replies_total" in text
    for mark in (visitor.id, subject, "Thandi", "thandi@mail.example", "HIV", "CRM", visitor.token):
        assert mark not in text
