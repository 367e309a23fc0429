"""The cookie policy, written from the register: what is not registered is not on the page, nor on a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatbot.policies import Text

if TYPE_CHECKING:
    from chatbot.cookies.registry import Asked, Registry
    from chatbot.site_words import SiteWords


def cookie_policy(registry: Registry, words: SiteWords) -> Text:
    """Give the policy in the language of the words; the English one is what is published and archived."""
    title, intro = words.say("cookies_title"), words.say("cookies_intro")
    return Text(title, registry.updated, markdown(registry.asked(words.language), title, intro))


def markdown(asked: Asked, title: str, intro: str) -> str:
    """Write the page: each category with what it is for, every key, every service."""
    parts = [f"# {title}", intro]
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
