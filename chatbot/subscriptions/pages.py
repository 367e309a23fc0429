"""The bodies of the pages for subscribers: plain forms that work without any script, every text escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from chatbot.subscriptions.asking import Wish
from chatbot.subscriptions.parts import REQUEST_HOURS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from chatbot.services import Services
    from chatbot.subscriptions.choosing import View
    from consent.tables import ConsentEvent

NOTHING = Wish("", "", "", "", {})


class Pages:
    """The pages in one language; ``keep`` is what links add to stay in it."""

    def __init__(self, services: Services, language: str, keep: str = "") -> None:
        self._desk, self._keep = services.subscriptions, keep
        self._notice = services.notices.best(language)
        self.words = self._desk.words_for(self._notice.language)

    def say(self, key: str, **values: object) -> str:
        """Give a text, filled in and escaped."""
        return escape(self.words.say(key, **({"hours": REQUEST_HOURS} | values)))

    def told(self, title: str, *texts: str) -> str:
        """Give a page that only says something."""
        return f"<h1>{self.say(title)}</h1>" + "".join(f"<p>{self.say(text)}</p>" for text in texts)

    def ask(self, wish: Wish = NOTHING, wrong: Collection[str] = ()) -> str:
        """Give the form; what was entered stays in it, except the month of birth."""
        if self._desk.mailer is None or not self._notice.subscribing():
            return self.told("title", "no_mail" if self._desk.mailer is None else "nothing")
        find = f'<p><a href="/subscribe/manage{self._keep}">{self.say("find")}</a></p>'
        form = self._form(
            f"/subscribe{self._keep}",
            self._email(wish.address, wrong),
            self._country(wish.country, wrong),
            self._born(wrong),
            self._boxes({each for each, yes in wish.purposes.items() if yes}, wrong),
            f'<button class="cta">{self.say("send")}</button>',
        )
        return self.told("title", "lead") + self._complaints(wrong) + form + find

    def confirm(self, token: str, purposes: Iterable[str], *, stale: bool = False) -> str:
        """Give the page that the mail's link opens; nothing happens before the button is pressed."""
        words = (self._notice.words.purposes[each] for each in purposes)
        rows = "".join(f"<li><strong>{escape(each.title)}</strong><p>{escape(each.text)}</p></li>" for each in words)
        said = f'<p role="alert">{self.say("error_stale")}</p>' if stale else ""
        button = f'<button class="cta">{self.say("confirm_button")}</button>'
        form = self._form(f"/subscribe/confirm/{escape(token)}", self._version(), button)
        return self.told("confirm_title") + f"{said}<ul>{rows}</ul><p>{self.say('confirm_text')}</p>{form}"

    def again(self) -> str:
        """Give the page of a link that has done what it was for."""
        find = f'<p><a href="/subscribe/manage{self._keep}">{self.say("find")}</a></p>'
        return self.told("again_title", "again_text") + find

    def manage(self, view: View, token: str, said: str = "", *, gives: bool = True) -> str:
        """Give a subscription's own page; with a pass that ``gives`` no yes, only what stands is on it."""
        action = f"/subscribe/manage/{escape(token)}"
        news = f'<p role="status" class="saved">{self.say(said)}</p>' if said else ""
        save = f'<button class="cta" name="act" value="save">{self.say("save")}</button>'
        stop = f'<button class="cta" name="act" value="stop">{self.say("stop_button")}</button>'
        stands = {purpose: f"{end:%Y-%m-%d}" for purpose, end in view.ends.items() if end is not None}
        receipt = f'<p><a href="{action}/receipt" download="receipt.json">{self.say("receipt")}</a></p>'
        return (
            self.told("manage_title") + news + (f"<p>{self.say('manage_text')}</p>" if gives else self._take_back())
            + self._form(action, self._boxes(stands, (), stands, only=not gives), self._version(), save)
            + f"<h2>{self.say('stop_title')}</h2><p>{self.say('stop_text')}</p>" + self._form(action, stop)
            + f"<h2>{self.say('proof_title')}</h2>{self._history(view.events)}{receipt}"
        )  # fmt: skip

    def _take_back(self) -> str:
        """Say that this link takes back only, and where one is had that gives."""
        fresh = f'<a href="/subscribe/manage{self._keep}">{self.say("fresh_link")}</a>'
        return f"<p>{self.say('take_back_text')} {fresh}</p>"

    def stop(self, token: str) -> str:
        """Give the page that a click on the mail's link opens; the button stops, opening the page does not."""
        button = f'<button class="cta">{self.say("one_button")}</button>'
        return self.told("one_title", "one_text") + self._form(f"/subscribe/stop/{escape(token)}", button)

    def find(self, address: str = "", wrong: Collection[str] = ()) -> str:
        """Give the page that asks for the address of a subscription."""
        if self._desk.mailer is None:
            return self.told("find_title", "no_mail")
        button = f'<button class="cta">{self.say("find_button")}</button>'
        form = self._form(f"/subscribe/manage{self._keep}", self._email(address, wrong), button)
        return self.told("find_title", "find_text") + self._complaints(wrong) + form

    def _complaints(self, wrong: Collection[str]) -> str:
        if not wrong:
            return ""
        rows = "".join(f'<li id="wrong-{name}">{self.say(f"error_{name}")}</li>' for name in wrong)
        return f'<div role="alert"><p>{self.say("check")}</p><ul>{rows}</ul></div>'

    def _form(self, action: str, *parts: str) -> str:
        return f'<form class="guardian" method="post" action="{action}">{"".join(parts)}</form>'

    def _email(self, address: str, wrong: Collection[str]) -> str:
        field = f'<input name="email" type="email" autocomplete="email" value="{escape(address)}" required'
        return f"<label>{self.say('email')} {field}{_marks('email', wrong)}></label>"

    def _country(self, chosen: str, wrong: Collection[str]) -> str:
        words = self._notice.words.country
        options = "".join(
            f'<option value="{code}"{" selected" * (code == chosen)}>{escape(name)}</option>'
            for code, name in self._notice.countries()
        )
        select = f'<select name="country" required{_marks("country", wrong)}>{self._first()}{options}</select>'
        return f"<label>{escape(words.label)} <small>{escape(words.hint)}</small> {select}</label>"

    def _born(self, wrong: Collection[str]) -> str:
        """Ask for month and year alike for everybody: neither is chosen, and no age is named."""
        words = self._notice.words.age_question
        options = "".join(
            f'<option value="{number:02}">{escape(name)}</option>'
            for number, name in enumerate(self.words.months, start=1)
        )
        month = f'<select name="month" required{_marks("born", wrong)}>{self._first()}{options}</select>'
        year = f'<input name="year" inputmode="numeric" pattern="[0-9]{{4}}" required{_marks("born", wrong)}>'
        return (
            f"<fieldset><legend>{escape(words.label)}</legend><p>{escape(words.hint)}</p>"
            f"<label>{escape(words.month)} {month}</label><label>{escape(words.year)} {year}</label></fieldset>"
        )

    def _first(self) -> str:
        return f'<option value="">{self.say("choose")}</option>'

    def _boxes(
        self,
        ticked: Collection[str],
        wrong: Collection[str],
        ends: dict[str, str] | None = None,
        *,
        only: bool = False,
    ) -> str:
        """Write each purpose, or ``only`` the ticked ones, with its words and until when a yes holds."""
        rows = ""
        for row, words in self._notice.subscribing():
            if only and row.id not in ticked:
                continue
            box = f'<input type="checkbox" name="purpose" value="{row.id}"{" checked" * (row.id in ticked)}>'
            until = f" ({self.say('until', date=ends[row.id])})" if ends and row.id in ends else ""
            title = f"<label>{box} <strong>{escape(words.title)}</strong></label>"
            rows += f"<li>{title}<p>{escape(words.text)}{until}</p></li>"
        hint = "" if ends is not None else f"<p>{self.say('unticked')}</p>"
        legend = f"<legend>{self.say('purposes')}</legend>"
        return f'<fieldset{_marks("purposes", wrong)}>{legend}{hint}<ul class="choices">{rows}</ul></fieldset>'

    def _history(self, events: Iterable[ConsentEvent]) -> str:
        titles = self._notice.words.purposes
        rows = "".join(
            f'<tr><td><time datetime="{each.at.isoformat()}">{each.at:%Y-%m-%d %H:%M} UTC</time></td>'
            f"<td>{escape(titles[each.purpose].title if each.purpose in titles else each.purpose)}</td>"
            f"<td>{self.say(each.event_type)}</td></tr>"
            for each in events
        )
        heads = "".join(f'<th scope="col">{self.say(f"proof_{name}")}</th>' for name in ("when", "what", "said"))
        return f'<table tabindex="0"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'

    def _version(self) -> str:
        return f'<input type="hidden" name="version" value="{self._notice.version}">'


def _marks(field: str, wrong: Collection[str]) -> str:
    return f' aria-invalid="true" aria-describedby="wrong-{field}"' if field in wrong else ""
