"""A running service beside a scripted model."""

import pytest
from support.scripted_model import scripted_model
from support.service import running_service


@pytest.fixture
def model():
    with scripted_model() as script:
        yield script


@pytest.fixture
def model_env(model):
    return {
        "CHATBOT_MODEL": "openai:scripted",
        "CHATBOT_MODEL_BASE_URL": model.base_url,
        "CHATBOT_MODEL_API_KEY": "none",
        "CHATBOT_MESSAGE_LIMIT": "1000/minute",
        "CHATBOT_SESSION_LIMIT": "1000/minute",
        "CHATBOT_ADDRESS_LIMIT": "10000/minute",
    }


@pytest.fixture
def service(fresh_var, model_env):
    with running_service(fresh_var(), **model_env) as running:
        yield running
