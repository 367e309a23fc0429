"""The bodies of the guardian's pages: plain forms that work without any script, every text escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from chatbot.guardians.deciding import asked
from consent.guardian import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.guardians.reviewing import Shown, View
    from chatbot.guardians.words import GuardianWords
    from chatbot.services import Services
    from chatbot.storage.tables.guardians import GuardianRow


class Pages:
    """The pages in one language."""

    def __init__(self, services: Services, language: str) -> None:
        self._services = services
        self._notice = services.notices.best(language)
        self.words: GuardianWords = services.guardians.words_for(self._notice.language)

    def say(self, key: str, **values: object) -> str:
        """Give a text with the site's facts filled in, escaped."""
        settings, party = self._services.settings, self._notice.party
        hours = settings.child_erase_hours if key.startswith("report") else settings.guardian_delay_hours
        facts = {"company": party.name, "support": party.support, "hours": f"{hours:g}"}
        return escape(self.words.say(key, **(facts | values)))

    def told(self, title: str, *texts: str) -> str:
        """Give a page that only says something."""
        return heading(self.say(title)) + "".join(paragraph(self.say(text)) for text in texts)

    def invitation(self, row: GuardianRow, code: str) -> str:
        """Give the page that the child's code opens: who asks, what for, and how to be identified."""
        offered = self._services.guardians.verifiers
        ways = {
            "email_plus": self._email(),
            "signed_form": self._form(),
            "provider_local": self._ask(code),
        }
        shown = "".join(way for name, way in ways.items() if name in offered)
        end = f"{row.expires_at:%Y-%m-%d %H:%M} UTC"
        return (
            heading(self.say("title"))
            + "".join(paragraph(self.say(key)) for key in ("who", "what", "verify"))
            + shown
            + paragraph(self.say("until", until=end))
        )

    def confirm(self) -> str:
        """Give the page that a mail's link opens; nothing happens before the button is pressed."""
        return self.told("confirm_title", "confirm_text") + form(button(self.say("confirm_button")))

    def choose(self) -> str:
        """Give the first decision: each purpose off, yes and no side by side."""
        return (
            self.told("choose_title", "who", "what", "choose_text")
            + form(self._switches({}), button(self.say("agree"), "consent"))
            + form(button(self.say("refuse"), "refuse"))
        )

    def portal(self, view: View, receipt: str, said: str = "", code: str | None = None) -> str:
        """Give the guardian's own page; ``receipt`` is where the receipt is."""
        active = view.row.stage == Stage.ACTIVE
        news = f'<p role="status"><strong>{said}</strong></p>' if said else ""
        shown = f'<p><code class="code">{escape(code)}</code></p>' if code else ""
        pause = form(button(self.say("pause_button" if active else "resume_button"), "pause" if active else "resume"))
        turns = "".join(self._turn(turn) for turn in view.turns)
        return (
            self.told("portal_title", "portal_text") + news
            + self._section("code", shown, form(button(self.say("code_button"), "code")))
            + heading(self.say("choices_title"), 2)
            + form(self._switches(view.standing), button(self.say("choices_button"), "choices"))
            + paragraph(f'<a href="{receipt}" download>{self.say("receipt")}</a>')
            + self._section("pause", "" if active else paragraph(self.say("paused")), pause)
            + self._section("erase", form(button(self.say("erase_button"), "erase")))
            + self._section("revoke", form(button(self.say("revoke_button"), "revoke")))
            + self._section("turns", turns or paragraph(self.say("turns_none")))
        )  # fmt: skip

    def ask(self, kind: str) -> str:
        """Give a page with one question: the login's address, or the reference of a report."""
        field = f'<label>{self.say(f"{kind}_label")} <input name="value" type="text" required></label>'
        return self.told(f"{kind}_title", f"{kind}_text") + form(field, button(self.say(f"{kind}_button")))

    def login(self) -> str:
        """Give the page that finds the guardian's page again; it says so when no mail is sent here."""
        if self._services.guardians.mailer is None:
            return self.told("login_title", "mail_off")
        field = self._address()
        return self.told("login_title", "login_text") + form(field, button(self.say("login_button")))

    def _section(self, key: str, *parts: str) -> str:
        return heading(self.say(f"{key}_title"), 2) + paragraph(self.say(f"{key}_text")) + "".join(parts)

    def _email(self) -> str:
        field = self._address()
        return self._section("email", form(field, button(self.say("email_button"), "email_plus")))

    def _address(self) -> str:
        field = '<input name="value" type="email" autocomplete="email" required>'
        return f"<label>{self.say('email_label')} {field}</label>"

    def _form(self) -> str:
        return self._section("form", form(button(self.say("form_button"), "signed_form")))

    def _ask(self, code: str) -> str:
        link = f'<a class="cta" href="/guardian/provider?code={escape(code)}">{self.say("provider_button")}</a>'
        return self._section("provider", paragraph(link))

    def _switches(self, standing: Mapping[str, bool]) -> str:
        rows = "".join(
            f'<li><label><input type="checkbox" name="purpose" value="{row.id}"{_checked(standing, row.id)}>'
            f" <strong>{escape(words.title)}</strong></label> {escape(words.text)}</li>"
            for row, words in asked(self._services, self._notice)
        )
        version = f'<input type="hidden" name="version" value="{self._services.notices.version}">'
        return f'<ul class="choices">{rows}</ul>{paragraph(self.say("choose_never"))}{version}'

    def _turn(self, turn: Shown) -> str:
        notes = "".join(f"<p><strong>{self.say('note')}:</strong> {escape(note)}</p>" for note in turn.notes)
        hidden = (
            f'<input type="hidden" name="session" value="{turn.session_id}">'
            f'<input type="hidden" name="turn" value="{turn.number}">'
        )
        field = f'<label>{self.say("note_label")} <input name="value" maxlength="1000" required></label>'
        correct = form(hidden, field, button(self.say("note_button"), "annotate"))
        return (
            f'<article><p><time datetime="{turn.at.isoformat()}">{turn.at:%Y-%m-%d %H:%M} UTC</time></p>'
            f"<p><strong>{self.say('question')}:</strong> {escape(turn.question)}</p>"
            f"<p><strong>{self.say('answer')}:</strong> {escape(turn.answer)}</p>{notes}{correct}</article>"
        )


def heading(text: str, level: int = 1) -> str:
    """Give a heading of escaped text."""
    return f"<h{level}>{text}</h{level}>"


def paragraph(text: str) -> str:
    """Give a paragraph of escaped text."""
    return f"<p>{text}</p>"


def form(*parts: str) -> str:
    """Give a form of escaped parts; it goes to the page's own address, and so keeps the language named there."""
    return f'<form class="guardian" method="post">{"".join(parts)}</form>'


def button(text: str, act: str = "") -> str:
    """Give a button; ``act`` says which of the page's forms it sends."""
    name = f' name="act" value="{act}"' if act else ""
    return f'<button class="cta"{name}>{text}</button>'


def _checked(standing: Mapping[str, bool], purpose: str) -> str:
    return " checked" if standing.get(purpose) else ""
