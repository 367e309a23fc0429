"""Prometheus metrics: counts and durations, never an id, a path with an id, or a word of text."""

from __future__ import annotations

import re
from collections import Counter as Tally
from typing import TYPE_CHECKING, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prometheus_client.metrics_core import Metric

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Counts(Protocol):
    """What is counted of what visitors write about, and of what they get."""

    def reply(self, status: str, model: str) -> None:
        """Count a finished reply."""

    def hidden(self, kind: str) -> None:
        """Count a hidden value."""

    def flag(self, kind: str) -> None:
        """Count a flag."""


class Uncounted:
    """Counts nothing: for who objected to being counted, and for people under age."""

    def reply(self, status: str, model: str) -> None:
        """Let a finished reply go uncounted."""

    def hidden(self, kind: str) -> None:
        """Let a hidden value go uncounted."""

    def flag(self, kind: str) -> None:
        """Let a flag go uncounted."""


class _Sent(Collector):
    """Gives what was sent to whom, as the one way out counts it."""

    def __init__(self, sent: Tally[str]) -> None:
        self._sent = sent

    def collect(self) -> Iterable[Metric]:
        """Give the requests by operator."""
        family = CounterMetricFamily("chatbot_operator_requests", "Requests to operators.", labels=["operator"])
        for operator, count in self._sent.items():
            family.add_metric([operator], count)
        yield family


class Metrics:
    """This worker's metrics."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        every = self.registry
        self._requests = Counter("chatbot_requests", "Requests, by route.", ["route", "status"], registry=every)
        self._sessions = Counter("chatbot_sessions", "Sessions asked for, by outcome.", ["state"], registry=every)
        self._replies = Counter("chatbot_replies", "Replies, by end.", ["status", "model"], registry=every)
        self._hidden = Counter("chatbot_hidden", "Values hidden, by kind.", ["kind"], registry=every)
        self._flags = Counter("chatbot_flags", "Sensitive statements seen, by kind.", ["kind"], registry=every)
        self._ratings = Counter("chatbot_ratings", "Ratings.", ["rating"], registry=every)
        self._cookies = Counter("chatbot_cookie_choices", "Cookie choices, by answer.", ["answer"], registry=every)
        self._privacy = Counter("chatbot_privacy_signals", "Pages opened with a signal.", ["signal"], registry=every)
        self._blocked = Counter(
            "chatbot_replies_blocked", "Replies cut by moderation.", ["category", "audience"], registry=every
        )
        self.sent: Tally[str] = Tally()
        every.register(_Sent(self.sent))
        self._decisions = Counter(
            "chatbot_decisions", "Decisions against a visitor, by rule.", ["kind", "version"], registry=every
        )
        self._limiter_open = Counter("chatbot_limiter_open", "Requests passed uncounted.", ["cause"], registry=every)
        self._duties = Counter("chatbot_duties_failed", "Duties that failed, by name.", ["duty"], registry=every)
        self.redaction_seconds = Histogram(
            "chatbot_redaction_seconds", "Redacting a message.", buckets=SECONDS, registry=every
        )
        self.first_token_seconds = Histogram(
            "chatbot_first_token_seconds", "From message to first token.", buckets=SECONDS, registry=every
        )
        self.streams = Gauge("chatbot_streams", "Replies being written.", registry=every)

    def request(self, route: str, status: int) -> None:
        """Count a request by its route pattern."""
        self._requests.labels(route, str(status)).inc()

    def session(self, state: str) -> None:
        """Count a session request; all that is kept of one that was refused."""
        self._sessions.labels(state).inc()

    def reply(self, status: str, model: str) -> None:
        """Count a finished reply."""
        self._replies.labels(status, model).inc()

    def hidden(self, kind: str) -> None:
        """Count a hidden value."""
        self._hidden.labels(kind).inc()

    def flag(self, kind: str) -> None:
        """Count a flag."""
        self._flags.labels(kind).inc()

    def rating(self, rating: str) -> None:
        """Count a rating."""
        self._ratings.labels(rating).inc()

    def cookie_choice(self, answer: str) -> None:
        """Count an answer to the cookie question; all that is kept of a plain no."""
        self._cookies.labels(answer).inc()

    def privacy_signal(self, signal: str) -> None:
        """Count a page that was opened with a privacy signal of the browser."""
        self._privacy.labels(signal).inc()

    def decision(self, kind: str, version: str) -> None:
        """Count an automated decision against a visitor; all that is kept of one about somebody under age."""
        self._decisions.labels(kind, version).inc()

    def blocked(self, category: str, audience: str) -> None:
        """Count a reply of which moderation let only the beginning out."""
        self._blocked.labels(category, audience).inc()

    def limiter_open(self, cause: str) -> None:
        """Count a request that passed because the limiter's store was away."""
        self._limiter_open.labels(cause).inc()

    def duty_failed(self, name: str) -> None:
        """Count a duty that failed; it is done again the next time."""
        self._duties.labels(name).inc()

    def render(self) -> bytes:
        """Write the metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def published(self) -> bytes:
        """Write them as they leave this process: what visitors wrote about in tens, so no count is one person."""
        lines = self.render().decode().splitlines(keepends=True)
        return "".join(_ABOUT.sub(_coarse, line) for line in lines).encode()


# Counts of what visitors wrote about, and the moment of the first of them.
_ABOUT = re.compile(r"^(chatbot_(?:hidden|flags|ratings)_(total|created)\{.*\}) (\S+)\n$")
SMALLEST_CELL = 10


def _coarse(sample: re.Match[str]) -> str:
    name, kind, value = sample.groups()
    tens = int(float(value)) // SMALLEST_CELL * SMALLEST_CELL if kind == "total" else 0
    return f"{name} {float(tens)}\n" if tens else ""
