"""Prometheus metrics: counts and durations, never an id, a path with an id, or a word of text."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


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
        self._limiter_open = Counter("chatbot_limiter_open", "Requests passed uncounted.", ["cause"], registry=every)
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

    def limiter_open(self, cause: str) -> None:
        """Count a request that passed because the limiter's store was away."""
        self._limiter_open.labels(cause).inc()

    def render(self) -> bytes:
        """Write the metrics in Prometheus' text format."""
        return generate_latest(self.registry)
