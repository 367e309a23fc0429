"""A running service beside a scripted model; most tests share one, those that end it have their own."""

import pytest
from support.scripted_model import scripted_model
from support.service import running_service

MANY = "100000/minute"
ROOMY = {"CHATBOT_MESSAGE_LIMIT": MANY, "CHATBOT_SESSION_LIMIT": MANY, "CHATBOT_ADDRESS_LIMIT": MANY}


@pytest.fixture(scope="module")
def model_server():
    """The scripted model of a module."""
    with scripted_model() as script:
        yield script


@pytest.fixture
def model(model_server):
    """The scripted model, as if nothing had been asked of it yet."""
    model_server.reset()
    return model_server


@pytest.fixture(scope="module")
def model_env(model_server):
    """The settings that make a service use the scripted model."""
    return ROOMY | {
        "CHATBOT_MODEL": "openai:scripted",
        "CHATBOT_MODEL_BASE_URL": model_server.base_url,
        "CHATBOT_MODEL_API_KEY": "none",
        "CHATBOT_SHUTDOWN_SECONDS": "5",
    }


@pytest.fixture(scope="module")
def service(fresh_var, model_env):
    """A service that the tests of a module share."""
    with running_service(fresh_var(), **model_env) as running:
        yield running


@pytest.fixture
def own_service(fresh_var, model_env):
    """A service that a test may end."""
    with running_service(fresh_var(), **model_env) as running:
        yield running
