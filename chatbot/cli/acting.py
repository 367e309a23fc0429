"""How an officer's command acts: with a worker's parts, on record under an id, refusals in one plain line."""

from __future__ import annotations

import asyncio
import functools
import json
from typing import TYPE_CHECKING, Any

import click

from chatbot.cli.configured import load_settings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from chatbot.services import Services


def run(act: Callable[[Services], Awaitable[Any]]) -> Any:
    """Do something with a worker's parts; a refusal becomes one plain line."""
    from sqlalchemy.exc import SQLAlchemyError

    from chatbot.errors import ChatbotError
    from chatbot.start import start
    from consent.data import DataError
    from consent.operators import OperatorError
    from consent.purposes import PurposeError

    async def acted() -> Any:
        services = start(load_settings())
        try:
            return await act(services)
        finally:
            await services.signals.close()
            await services.redaction.aclose()
            await services.database.close()

    try:
        return asyncio.run(acted())
    except ChatbotError as error:
        raise click.ClickException(error.detail) from None
    except (PurposeError, DataError, OperatorError) as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError:
        raise click.ClickException("The database does not answer; `chatbot doctor` says why.") from None


def staff_id(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Let only an id through: the record names staff by the number of a register, never by name."""
    from consent.audit import is_id

    if not value or not is_id(value):
        raise click.BadParameter("an id of the staff register: letters, digits and - _ . only")
    return value


officer = click.option(
    "--officer", required=True, callback=staff_id, help="Who acts; an id of the staff register, not a name."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


def paged(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a list be read page by page; the command gets `asked`."""
    from chatbot.storage.paging import MOST, Asked

    @click.option("--limit", default=50, show_default=True, type=click.IntRange(1, MOST), help="Rows on a page.")
    @click.option("--after", help="Where the page begins: `next` of the page before.")
    @functools.wraps(command)
    def with_page(*, limit: int, after: str | None, **given: Any) -> Any:
        return command(asked=Asked(after, limit), **given)

    return with_page


def show_page(rows: list[dict[str, Any]], following: str | None, *, as_json: bool, none: str) -> None:
    """Print a page of a list, and where the next one begins."""
    if as_json:
        click.echo(json.dumps({"rows": rows, "next": following}, default=str))
        return
    show(rows, as_json=False, none=none)
    say_more(following)


def say_more(following: str | None) -> None:
    """Say how to read on, beside the list itself."""
    if following is not None:
        click.echo(f"There is more: --after {following}", err=True)


def show(rows: list[dict[str, Any]], *, as_json: bool, none: str) -> None:
    """Print rows, one a line; or as JSON."""
    if as_json:
        click.echo(json.dumps(rows, default=str))
    elif not rows:
        click.echo(none)
    else:
        for row in rows:
            click.echo("  ".join(f"{name} {value}" for name, value in row.items() if value not in ("", None, [])))
