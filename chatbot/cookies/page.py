"""The cookie policy, written from the register: what is not registered is not on the page, nor on a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatbot.policies import Text

if TYPE_CHECKING:
    from chatbot.cookies.registry import Asked, Registry

INTRO = (
    "Cookies are small files that a website keeps on your device. What we say here about cookies also holds for "
    "everything else that a page can keep there. Only what is necessary is kept without asking. The rest needs your "
    "yes; you can change your mind at any time with the **Cookie Settings** link on every page.\n\n"
    "A yes and a no hold for six months, then we ask again. A browser that sends Global Privacy Control or Do Not "
    "Track is not asked at all: everything optional stays off, unless you switch it on yourself in the settings."
)


def cookie_policy(registry: Registry) -> Text:
    """Give the policy to publish, in English as the other policies are."""
    return Text("Cookie Policy", registry.updated, markdown(registry.asked("en")))


def markdown(asked: Asked) -> str:
    """Write the page: each category with what it is for, every key, every service."""
    parts = ["# Cookie Policy", INTRO]
    for category in asked.categories():
        parts += [f"## {category['title']}", category["text"], _keys(asked, category), _services(category)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _keys(asked: Asked, category: dict[str, Any]) -> str:
    if not category["keys"]:
        return asked.words.unused
    names = asked.words.table
    head = f"| {names['key']} | {names['purpose']} | {names['lifetime']} | {names['service']} |\n|---|---|---|---|"
    rows = [
        f"| `{key['key']}` ({key['where']}) | {key['purpose']} | {key['lifetime']} | {key['service'] or '-'} |"
        for key in category["keys"]
    ]
    return "\n".join([head, *rows])


def _services(category: dict[str, Any]) -> str:
    return "\n".join(
        f"- [{each['name']}]({each['privacy']}): {each['purpose']} {each['recipient']}, {each['country']}."
        for each in category["services"]
    )
