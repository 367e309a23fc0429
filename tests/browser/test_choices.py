"""The preference centre in the chat: what stands until when, a yes taken back as easily as it was given, the rest."""

import json
import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

DATE = r"\d{1,2} [A-Z][a-z]+ \d{4}"


def state(walk, purpose):
    return walk.page.locator(f"#state-{purpose}")


def switch(walk, purpose, wanted):
    """Press a purpose's switch in the open preference centre and wait until it stands."""
    with walk.page.expect_response("**/v1/me/consents"):
        walk.page.locator(f"#purpose-{purpose}").set_checked(wanted)
    expect(state(walk, purpose)).to_contain_text("Yes" if wanted else "No")


def test_taking_a_yes_back_takes_as_many_presses_as_giving_it(visit):
    """Same place, same switch, and it takes effect with that one press, either way."""
    walk = visit().enter("store")
    walk.page.evaluate("addEventListener('click', (event) => event.isTrusted && (window.presses += 1), true)")
    counts = []
    for wanted in (True, False):
        walk.page.evaluate("window.presses = 0")
        walk.press("Privacy")
        switch(walk, "improve", wanted)
        counts.append(walk.page.evaluate("presses"))
        walk.press("Back to the chat")
    assert counts == [2, 2]


def test_each_purpose_says_what_it_means_and_until_when_a_yes_holds(visit):
    """The date is that of the ledger; what was refused says no."""
    walk = visit().enter("store")
    walk.press("Privacy")
    expect(state(walk, "store")).to_have_text(re.compile(rf"^Yes, until {DATE}\.$"))
    expect(state(walk, "improve")).to_have_text("No.")
    listed = walk.page.locator("#purpose-store")
    described = listed.get_attribute("aria-describedby").split()
    assert described == ["text-store", "state-store"]
    switch(walk, "store", wanted=False)
    expect(state(walk, "store")).to_have_text("No.")
    switch(walk, "improve", wanted=True)
    expect(state(walk, "improve")).to_have_text("Yes, for this conversation.")


def test_a_switch_goes_back_when_its_change_was_refused(visit):
    """The notice changed meanwhile: the visitor is told, nothing was changed, and the next press works."""
    walk = visit().enter("store")
    walk.press("Privacy")
    expect(state(walk, "improve")).to_have_text("No.")
    body = json.dumps({"type": "urn:x", "title": "x", "status": 409, "code": "consent_stale"})

    refused = {"status": 409, "content_type": "application/problem+json", "body": body}
    walk.page.route("**/v1/me/consents", lambda route: route.fulfill(**refused), times=1)
    walk.page.locator("#purpose-improve").click()
    expect(walk.panel.get_by_text("Our notice has changed.")).to_be_visible()
    expect(walk.page.locator("#purpose-improve")).not_to_be_checked()
    switch(walk, "improve", wanted=True)


@pytest.mark.parametrize("purposes", [("store",), ()], ids=["stored", "ephemeral"])
def test_answers_and_receipt_are_there_for_the_visitor(visit, purposes, tmp_path):
    """In sentences with dates, newest first; also where nothing is stored: the token then says what was answered.

    Who looked is said as well, or that there is nothing to look at.
    """
    walk = visit().enter(*purposes)
    walk.press("Privacy")
    walk.press("Show my answers")
    listed = walk.page.locator("rousora-chat .history")
    said = "yes" if purposes else "no"
    expect(listed).to_contain_text(f"You said {said} to “Keep this conversation”.")
    expect(listed.locator("time").first).to_have_text(re.compile(DATE))
    walk.press("Show who looked")
    told = "You chose that we keep this: this conversation" if purposes else "We keep nothing of this chat"
    expect(walk.panel.get_by_text(told)).to_be_visible()
    expect(walk.panel.get_by_text("You write for a company")).to_be_hidden()
    with walk.page.expect_download() as got:
        walk.press("Download a receipt")
    expect(walk.panel.get_by_text("Your receipt is downloaded.")).to_be_visible()
    got.value.save_as(tmp_path / "receipt.json")
    receipt = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert "signature" in json.dumps(receipt)
    link = walk.panel.get_by_role("link", name="Versions of the privacy policy")
    assert link.get_attribute("href").endswith("/privacy/versions?language=en")
    cookies = walk.panel.get_by_role("link", name="Cookies")
    expect(cookies).to_have_attribute("href", walk.url + "/cookies?language=en")


@pytest.mark.parametrize(
    ("country", "authority"), [("ZA", "inforegulator.org.za"), ("DE", "bfdi.bund.de"), ("FR", "cnil.fr")]
)
def test_the_rights_and_the_authority_of_ones_own_country_are_named(visit, country, authority):
    """Nine rights in plain words, the officer's address, and where to complain, by the country of the token."""
    walk = visit().arrive().open().answer_age(country=country).choose()
    walk.press("Privacy")
    walk.panel.get_by_text("Show my rights").click()
    expect(walk.page.locator("rousora-chat .rights li")).to_have_count(9)
    expect(walk.panel.locator(f"a[href*='{authority}']")).to_be_visible()
    expect(walk.panel.locator("a[href^='mailto:']").first).to_be_visible()


def test_the_language_changes_at_any_time_and_nothing_typed_is_lost(visit):
    """In the chat, in a message to the team, in the preference centre: the same place, in other words."""
    walk = visit().enter("store")
    turn = walk.ask("What is an ERP?")
    turn.get_by_role("button", name="Good answer").click()
    turn.get_by_role("textbox").fill("clear and short")
    walk.box.fill("a second question")
    walk.press("Talk to a person")
    walk.page.locator("#handoff-message").fill("please call me")
    walk.page.locator("select.language").focus()
    walk.page.locator("select.language").select_option("de")
    expect(walk.page.get_by_role("heading", name="Mit einem Menschen sprechen")).to_be_visible()
    expect(walk.page.locator("#handoff-message")).to_have_value("please call me")
    expect(walk.page.locator("select.language")).to_be_focused()
    walk.press("Zurück zum Chat")
    expect(walk.box).to_have_value("a second question")
    expect(walk.turns.last.get_by_role("textbox")).to_have_value("clear and short")
    walk.press("Datenschutz")
    walk.page.locator("select.language").select_option("af")
    expect(walk.page.get_by_role("heading", name="Privaatheid en keuses")).to_be_visible()
    expect(state(walk, "store")).to_contain_text("Ja, tot ")


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 568}}, {"forced_colors": "active"}],
    ids=["light", "dark", "narrow", "forced-colors"],
)
def test_axe_finds_nothing_in_the_preference_centre(visit, axe, options):
    """With the answers and the rights on show."""
    walk = visit(reduced_motion="reduce", **options).enter("store")
    walk.press("Privacy")
    walk.press("Show my answers")
    walk.press("Show who looked")
    walk.panel.get_by_text("Show my rights").click()
    expect(walk.page.locator("rousora-chat .history li").first).to_be_visible()
    expect(walk.panel.get_by_text("You chose that we keep this")).to_be_visible()
    expect(walk.page.locator("rousora-chat .rights li").first).to_be_visible()
    # Forced colours are the system's own, which axe cannot see.
    forced = "forced_colors" in options
    assert [wrong for wrong in axe(walk) if not (forced and wrong.startswith("color-contrast"))] == []
    assert walk.page.locator("rousora-chat .sheet-body").evaluate("n => n.scrollWidth <= n.clientWidth")
    walk.page.locator("rousora-chat .rights li").last.evaluate("n => n.scrollIntoView()")
    expect(walk.page.locator("rousora-chat .header")).to_be_in_viewport(ratio=1)
