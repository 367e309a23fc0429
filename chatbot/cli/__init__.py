"""The `chatbot` command. Each command lives in a module of its own and is imported only when it runs."""

from __future__ import annotations

import importlib
from typing import Any

import click

from chatbot import __version__

COMMANDS = {
    "serve": ("chatbot.cli.serve", "serve", "Serve the chatbot."),
    "knowledge": ("chatbot.cli.knowledge", "knowledge", "Fill and ask the knowledge base."),
    "redact": ("chatbot.cli.redact", "redact", "Hide personal information in files."),
    "commitments": ("chatbot.cli.commitments", "commitments", "Show which promises of the policies are proven."),
    "doctor": ("chatbot.cli.doctor", "doctor", "Explain what is wrong with this set-up."),
    "mail": ("chatbot.cli.mail", "mail", "Write to those who subscribed."),
    "notice": ("chatbot.cli.notice", "notice", "Publish, list and compare notices."),
    "verify": ("chatbot.cli.verify", "verify", "Check a receipt offline."),
    "guardian": ("chatbot.cli.guardian", "guardian", "Review guardians, hold and release children's sessions."),
    "registry": ("chatbot.cli.registry", "registry", "Check the registers that say what may happen."),
    "audit": ("chatbot.cli.audit", "audit", "Read the record of who did what, and check its chains."),
    "emergency": ("chatbot.cli.emergency", "emergency", "Open a conversation because a life is in danger."),
    "objections": ("chatbot.cli.objections", "objections", "List and decide objections."),
    "decisions": ("chatbot.cli.decisions", "decisions", "Let a person look at what a rule decided."),
    "incident": ("chatbot.cli.incident", "incident", "Open and close incidents, with the clocks of the law."),
    "hold": ("chatbot.cli.holds", "hold", "Keep a conversation from being erased, where a law asks for it."),
    "downstream": ("chatbot.cli.downstream", "downstream", "Tell operators of erasures and withdrawals."),
    "moderation": ("chatbot.cli.moderation", "moderation", "Check what a model may say."),
    "law": ("chatbot.cli.law", "law", "Show the law in force, as data."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 — click's signature
        """Name the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 — click's signature
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 — as above
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="chatbot")
def main(**_: Any) -> None:
    """Run a chatbot that never knows who you are."""
