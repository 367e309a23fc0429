"""A visitor as tests see one: reads the notice, answers, chats, and remembers every event."""

import json
import uuid
from dataclasses import dataclass, field

GROWN_UP = {"country": "DE", "born": "1990-05"}


@dataclass
class Answer:
    """One reply as it arrived."""

    status: int
    events: list = field(default_factory=list)
    problem: dict | None = None

    def of(self, kind):
        return [data for _, event, data in self.events if event == kind]

    @property
    def text(self):
        return "".join(data["text"] for data in self.of("token"))

    @property
    def done(self):
        return self.of("done")[-1]

    @property
    def ids(self):
        return [id_ for id_, _, _ in self.events]


class Visitor:
    """Talks to the service over HTTP as the widget does."""

    def __init__(self, client):
        self.client, self.token, self.id, self.state = client, None, None, None

    async def begin(self, consents=None, **answers):
        notice = (await self.client.get("/v1/notice")).json()
        body = GROWN_UP | {"consents": consents or {}, "notice_version": notice["version"]} | answers
        response = await self.client.post("/v1/sessions", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        if response.status_code == 201:
            self.id, self.token = response.json()["id"], response.json()["token"]
        return response

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"}

    async def say(self, text, *, key=None, state="mine", **body):
        sent = {"text": text} | body
        carried = self.state if state == "mine" else state
        if carried is not None:
            sent["state"] = carried
        headers = self.headers | {"Idempotency-Key": key or str(uuid.uuid4())}
        response = await self.client.post(f"/v1/sessions/{self.id}/messages", json=sent, headers=headers)
        answer = read(response.status_code, response.text)
        if answer.of("done"):
            self.state = answer.done.get("state")
        return answer

    async def resume(self, last=None):
        headers = self.headers | ({"Last-Event-ID": last} if last else {})
        response = await self.client.get(f"/v1/sessions/{self.id}/events", headers=headers)
        return read(response.status_code, response.text)


def read(status, text):
    """Read a stream of server-sent events, or a problem."""
    if status != 200:
        return Answer(status, problem=json.loads(text))
    answer = Answer(status)
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
        if lines:
            answer.events.append((lines["id"], lines["event"], json.loads(lines["data"])))
    return answer
