"""The OpenAPI description against the running service: whatever is sent, no server error."""

import asyncio

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from support.service import running_service
from support.smtp_sink import SinkThread
from support.streams import visiting


@pytest.fixture(scope="module")
def api(fresh_var):
    limits = ("MESSAGE", "SESSION", "ADDRESS", "SUBSCRIBE")
    env = {f"CHATBOT_{name}_LIMIT": "100000/minute" for name in limits}
    mail = SinkThread()
    with running_service(fresh_var(), **env, **mail.settings) as service:
        yield service
    mail.close()


@pytest.fixture(scope="module")
def described(api):
    return schemathesis.openapi.from_url(f"{api.url}/schema/openapi.json")


@pytest.fixture(scope="module")
def known(api):
    """A session that exists, so that fuzzing gets past the token."""

    async def begin():
        async with visiting(api.url, {"store": True}) as visitor:
            return visitor.id, visitor.headers

    return asyncio.run(begin())


@pytest.mark.commitment("X9")
def test_nothing_that_is_sent_makes_a_server_error(described, known):
    session_id, headers = known
    operations = [result.ok() for result in described.get_all_operations()]

    def check(case):
        if "session_id" in (case.path_parameters or {}):
            case.path_parameters["session_id"] = session_id
        response = case.call(headers=headers, timeout=30)
        case.validate_response(response, checks=[not_a_server_error])
        if response.status_code >= 400:
            assert response.headers["content-type"][0].startswith("application/problem+json")

    for operation in operations:
        fuzz = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        fuzz(given(case=operation.as_strategy())(check))()
    assert len(operations) > 10


def test_every_path_is_described_with_words_and_an_answer(api):
    document = httpx.get(f"{api.url}/schema/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
            assert any(code.startswith("2") for code in operation["responses"]), (method, path)
