"""The service: web, model, knowledge, people, jobs. Imports consent and pii, never the other way round."""

__version__ = "0.1.0"
