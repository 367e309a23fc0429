"""`chatbot verify`: check offline what a visitor was given."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click


@click.group()
def verify() -> None:
    """Check what a visitor was given, without the service."""


@verify.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", metavar="BASE64", help="The public key that the issuer publishes; without it, compare by eye.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def receipt(file: Path, key: str | None, *, as_json: bool) -> None:
    """Check a consent receipt: complete, unchanged, and signed by the issuer."""
    from consent import receipt as receipts

    try:
        document = _read(file)
        receipts.verify(document, trusted=key)
        print_ = receipts.fingerprint(document["signature"]["public_key"])
    except (receipts.ReceiptError, ValueError) as error:
        _say({"valid": False, "error": _plain(error)}, as_json=as_json)
        sys.exit(1)
    answers = {row["purpose"]: row["event"]["event_state"] for row in document["processing"]}
    _say({"valid": True, "issuer_known": key is not None, "fingerprint": print_, "answers": answers}, as_json=as_json)
    if key is None and not as_json:
        click.echo("Compare the fingerprint with the issuer's /.well-known/consent-receipt-key.json.")


def _read(file: Path) -> dict[str, Any]:
    document = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError("the file holds no receipt")  # noqa: TRY004 — what is wrong is the file, not a type
    return document


def _plain(error: Exception) -> str:
    return "the file is not JSON" if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)) else str(error)


def _say(result: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result))
        return
    for name, value in result.items():
        click.echo(f"{name}: {value}")
