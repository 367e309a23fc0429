"""The stream over real connections: early, stoppable, resumable, and never mixed."""

import asyncio
import uuid

import pytest
from support.streams import asking, events, visiting

YES = {"store": True}


async def first(stream, kind):
    async for id_, name, data in stream:
        if name == kind:
            return id_, data
    raise AssertionError(f"no {kind}")


async def rest(stream):
    return [event async for event in stream]


async def test_the_first_token_arrives_before_the_last_one_exists(service, model):
    model.pieces = ["First.", 20, "Last."]
    async with visiting(service.url) as visitor, asking(visitor, "Tell me about CRM") as stream:
        async with asyncio.timeout(10):
            _, data = await first(stream, "token")
        assert data["text"] == "First."
        await visitor.client.post(f"/v1/sessions/{visitor.id}/stop", headers=visitor.headers)


@pytest.mark.commitment("C1", "C2")
async def test_a_placeholder_split_over_pieces_is_restored_and_the_model_saw_no_value(service, model):
    model.pieces = ["Dear <PER", "SON_1", ">, we write to <EMAIL_ADD", "RESS_1>", " and <EMAIL_ADDRESS_1>."]
    async with visiting(service.url, YES) as visitor:
        async with asking(visitor, "I am Thandi Nkosi, thandi@mail.example, is CRM right for me?") as stream:
            text = "".join(data["text"] for _, kind, data in await rest(stream) if kind == "token")
        assert text == "Dear Thandi Nkosi, we write to thandi@mail.example and thandi@mail.example."
        assert "Thandi" not in model.bodies[-1]
        assert "thandi@mail.example" not in model.bodies[-1]
        assert "<EMAIL_ADDRESS_1>" in model.bodies[-1]


async def test_what_the_model_makes_up_is_shown_but_redacted_in_the_record(service, model):
    model.pieces = ["Call Sipho Dlamini at ", "082 555 0117", " or <PHONE_NUMBER_7>."]
    async with visiting(service.url, YES) as visitor:
        async with asking(visitor, "Whom may I call about ERP?") as stream:
            text = "".join(data["text"] for _, kind, data in await rest(stream) if kind == "token")
        assert text == "Call Sipho Dlamini at 082 555 0117 or ‹PHONE_NUMBER_7›."
        kept = b"".join(path.read_bytes() for path in service.var.glob("chatbot.db*"))
        assert b"082 555 0117" not in kept
        assert b"Dlamini" not in kept
        turns = (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).json()
        assert turns["turns"][0]["answer"] == text


async def test_stop_stops_the_model_and_keeps_what_was_said(service, model):
    model.pieces = ["One. ", 0.2, "Two. "] + [0.2, "More. "] * 100
    async with visiting(service.url, YES) as visitor:
        async with asking(visitor, "Tell me about automation") as stream:
            await first(stream, "token")
            await visitor.client.post(f"/v1/sessions/{visitor.id}/stop", headers=visitor.headers)
            async with asyncio.timeout(5):
                assert (await first(stream, "done"))[1]["status"] == "stopped"
        assert await asyncio.to_thread(model.broken_off.wait, 5)
        turns = (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).json()[
            "turns"
        ]
        assert turns[0]["status"] == "stopped"
        assert turns[0]["answer"].startswith("One. ")


@pytest.mark.parametrize("consents", [YES, {}])
async def test_a_visitor_who_leaves_in_mid_reply_loses_nothing(service, model, consents):
    model.pieces = ["Alpha ", 0.5, "beta ", 0.5, "gamma."]
    async with visiting(service.url, consents) as visitor:
        async with asking(visitor, "Tell me about ERP") as stream:
            last, data = await first(stream, "token")
        headers = visitor.headers | {"Last-Event-ID": last}
        async with visitor.client.stream("GET", f"/v1/sessions/{visitor.id}/events", headers=headers) as response:
            later = await rest(events(response))
        assert data["text"] + "".join(d["text"] for _, kind, d in later if kind == "token") == "Alpha beta gamma."
        assert later[-1][1] == "done"


async def test_two_tabs_in_two_sessions_do_not_mix(service, model):
    model.pieces = ["You are <PERSON_1>, ", 0.2, "<EMAIL_ADDRESS_1>."]

    async def tab(name):
        async with visiting(service.url) as visitor:
            async with asking(
                visitor, f"I am {name} Nkosi, {name.lower()}@mail.example, tell me about CRM"
            ) as stream:
                return "".join(data["text"] for _, kind, data in await rest(stream) if kind == "token")

    names = ["Thandi", "Sipho", "Lerato", "Johan", "Ayesha"]
    assert await asyncio.gather(*map(tab, names)) == [f"You are {n} Nkosi, {n.lower()}@mail.example." for n in names]


async def test_a_model_that_dies_before_a_word_is_replaced_by_the_embedded_one(service, model):
    model.status = 500
    async with visiting(service.url) as visitor, asking(visitor, "Do you connect Zoho to Odoo?") as stream:
        seen = await rest(stream)
    assert "Zoho" in "".join(data["text"] for _, kind, data in seen if kind == "token")
    assert [data["code"] for _, kind, data in seen if kind == "notice"] == ["model_fallback"]


async def test_a_model_that_dies_in_mid_sentence_is_told_and_the_message_can_be_sent_again(service, model):
    model.pieces = ["I was about to", 0.3, None]
    key = str(uuid.uuid4())
    async with visiting(service.url, YES) as visitor:
        async with asking(visitor, "Tell me about CRM", key=key) as stream:
            seen = await rest(stream)
        ended = seen[-1]
        model.pieces = ["All of it."]
        async with asking(visitor, "Tell me about CRM", key=key) as stream:
            again = await rest(stream)
        turns = (await visitor.client.get(f"/v1/sessions/{visitor.id}/turns", headers=visitor.headers)).json()[
            "turns"
        ]
    assert ended[1] == "error"
    assert ended[2]["retryable"] is True
    assert "".join(data["text"] for _, kind, data in again if kind == "token") == "All of it."
    assert [turn["status"] for turn in turns] == ["complete"]


async def test_replies_beyond_the_limit_are_told_to_come_back(fresh_var, model, model_env):
    from support.service import running_service

    model.pieces = ["Slow. ", 5, "End."]
    with running_service(fresh_var(), **model_env, CHATBOT_MAX_STREAMS="1") as service:
        async with visiting(service.url) as one, visiting(service.url) as two:
            async with asking(one, "Tell me about CRM") as stream:
                await first(stream, "token")
                busy = await two.say("Tell me about ERP")
        assert busy.status == 503
        assert busy.problem["code"] == "overloaded"
        assert busy.problem["retry_after"] >= 1


@pytest.mark.commitment("L3")
@pytest.mark.parametrize("consents", [YES, {"improve": True}])
async def test_withdrawing_stops_a_running_reply_within_a_second(service, model, consents):
    model.pieces = ["Alpha ", 0.2] + ["more ", 0.2] * 100
    async with visiting(service.url, consents) as visitor:
        version = (await visitor.client.get("/v1/notice")).json()["version"]
        async with asking(visitor, "Tell me about ERP") as stream:
            await first(stream, "token")
            body = {"consents": dict.fromkeys(consents, False), "notice_version": version}
            await visitor.client.put("/v1/me/consents", json=body, headers=visitor.headers)
            async with asyncio.timeout(1):
                last = (await rest(stream))[-1]
    assert last[1] in {"done", "error"}
