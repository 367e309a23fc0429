"""A visitor at the page: the steps that the browser tests are written in."""

import re

from playwright.sync_api import Locator, Page, expect

ADULT = "1985"
CHILD = "2014"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Walk:
    """One visitor in one tab. Every step waits for what it did to show."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def arrive(self, path: str = "/") -> "Walk":
        self.page.goto(path if path.startswith("http") else self.url + path)
        expect(self.page.locator("rousora-chat .launcher")).to_be_visible()
        return self

    def open(self) -> "Walk":
        self.page.locator("rousora-chat .launcher").click()
        expect(self.page.locator("rousora-chat .page-title, rousora-chat .composer").first).to_be_visible()
        return self

    def answer_age(self, year: str = ADULT, country: str = "ZA") -> "Walk":
        self.page.locator("#field-country").select_option(country)
        self.page.locator("#field-month").select_option("07")
        self.page.locator("#field-year").fill(year)
        self.page.locator(".form .button").click()
        expect(self.page.locator(".purposes")).to_be_visible()
        return self

    def choose(self, *purposes: str) -> "Walk":
        for purpose in purposes:
            self.page.locator(f"#purpose-{purpose}").check()
        self.page.locator(".pair .button").nth(1 if purposes else 0).click()
        self.page.locator(".purposes").wait_for(state="detached")
        return self

    def enter(self, *purposes: str) -> "Walk":
        """From the page to an empty chat."""
        self.arrive().open().answer_age().choose(*purposes)
        expect(self.box).to_be_visible()
        return self

    def say(self, text: str) -> Locator:
        """Send a message; gives its turn."""
        turns = self.turns.count()
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.turns).to_have_count(turns + 1)
        return self.turns.last

    def ask(self, text: str) -> Locator:
        """Send a message and wait for the end of its reply."""
        turn = self.say(text)
        expect(turn).to_have_attribute("data-status", re.compile("complete|stopped|unanswered"), timeout=15000)
        return turn

    def press(self, name: str) -> None:
        self.page.locator("rousora-chat").get_by_role("button", name=name, exact=True).last.click()

    @property
    def box(self) -> Locator:
        return self.page.locator("#message")

    @property
    def turns(self) -> Locator:
        return self.page.locator(".turn")

    @property
    def panel(self) -> Locator:
        return self.page.locator("rousora-chat dialog")

    def kept(self) -> dict:
        """Everything that the browser holds for this site."""
        found = self.page.evaluate(
            """async () => ({local: {...localStorage}, session: {...sessionStorage},
                databases: (await indexedDB.databases()).map((each) => each.name),
                caches: await caches.keys()})"""
        )
        return found | {"cookies": self.page.context.cookies()}


NOTHING = {"local": {}, "session": {}, "databases": [], "caches": [], "cookies": []}
