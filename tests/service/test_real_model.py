"""A real language model behind the service: it streams, and its request log holds placeholders only."""

import pytest
from support.model_server import MODEL, model_server
from support.service import running_service
from support.streams import asking, visiting


@pytest.mark.commitment("C1", "C2", "H12")
async def test_a_real_model_streams_an_answer_and_is_sent_placeholders_only(fresh_var):
    secrets = ("Thandi", "Nkosi", "thandi@mail.example", "082 734 9153", "4111 1111 1111 1111")
    with model_server() as model:
        env = {
            "CHATBOT_MODEL": f"openai:{MODEL}",
            "CHATBOT_MODEL_BASE_URL": model.base_url,
            "CHATBOT_MODEL_TIMEOUT": "30",
            "CHATBOT_MODEL_FALLBACK": "false",
            "CHATBOT_MODEL_FIRST_TOKEN_TIMEOUT": "60",
        }
        with running_service(fresh_var(), **env) as service:
            async with visiting(service.url, {"store": True}) as visitor:
                visitor.client.timeout = 90
                said = "I am {} {}, {}, {}, my card is {}. Can you set up a CRM?".format(*secrets)
                kinds, pieces = [], []
                async with asking(visitor, said) as stream:
                    async for _, kind, data in stream:
                        kinds.append(kind)
                        if kind == "token":
                            pieces.append(data["text"])
                            if len(pieces) == 5:
                                await visitor.client.post(f"/v1/sessions/{visitor.id}/stop", headers=visitor.headers)
        assert len(pieces) >= 5
        assert kinds[-1] == "done"
        assert [secret for secret in secrets if secret in model.received] == []
        for kind in ("PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD"):
            assert f"<{kind}_1>" in model.received
