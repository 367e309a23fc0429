"""The cookie choices as a plain form, for browsers with and without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.cookies.choice import Choice
    from chatbot.cookies.registry import Asked

PATH = "/cookies/settings"


def html_of(asked: Asked, choice: Choice | None, *, saved: bool, keep: str = "") -> str:
    """Write the form, ticked as the choice stands; three buttons of one size. ``keep`` keeps a language in links."""
    words = asked.words
    items = "".join(_item(asked, category, choice) for category in asked.categories(datetime.now(UTC).date()))
    buttons = (("accept_all", words.accept), ("reject_all", words.reject), ("selected", words.save))
    pressed = "".join(
        f'<button class="cta" name="control" value="{control}">{escape(label)}</button>' for control, label in buttons
    )
    done = f'<p role="status" class="saved">{escape(words.saved)}</p>' if saved else ""
    until = f"<p>{escape(words.until.format(date=choice.until))}</p>" if choice else ""
    return (
        f"<h1>{escape(words.settings)}</h1>{done}<p>{escape(words.text)}</p>{until}"
        f'<form method="post" action="{PATH}{keep}" class="choices"><ul>{items}</ul>'
        f'<div class="actions">{pressed}</div></form><p><a href="/cookies{keep}">{escape(words.policy)}</a></p>'
    )


def _item(asked: Asked, category: dict[str, Any], choice: Choice | None) -> str:
    agreed = choice is not None and choice.allows(category["id"], asked.version)
    state = " checked disabled" if category["required"] else " checked" * agreed
    box = f'<input type="checkbox" name="category" value="{category["id"]}"{state}>'
    label = f"<label>{box} <strong>{escape(category['title'])}</strong></label>"
    return f"<li>{label}<p>{escape(category['text'])}</p>{_kept(asked, category)}</li>"


def _kept(asked: Asked, category: dict[str, Any]) -> str:
    if not category["keys"]:
        return f'<p class="unused">{escape(asked.words.unused)}</p>'
    rows = "".join(
        f"<li><code>{escape(key['key'])}</code>: {escape(key['purpose'])} ({escape(key['lifetime'])})</li>"
        for key in category["keys"]
    )
    return f"<ul>{rows}</ul>"
