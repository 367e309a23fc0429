"""The settings as a command reads them: right, or explained in plain lines."""

from __future__ import annotations

import sys

import click
from pydantic import ValidationError

from chatbot.settings import Settings


def load_settings() -> Settings:
    """Read the settings, or stop with one plain line for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        for each in error.errors(include_input=False, include_context=False):
            name = "_".join(str(part) for part in each["loc"])
            click.echo(f"CHATBOT_{name.upper()}: {each['msg']}" if name else each["msg"], err=True)
        sys.exit(2)
