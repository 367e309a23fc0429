"""The preference centre in the chat: what was answered, the receipt, a yes taken back as easily as it was given."""

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def saved(walk):
    expect(walk.panel.get_by_text("Saved.")).to_be_visible()


def test_taking_a_yes_back_takes_as_many_presses_as_giving_it(visit):
    """Same place, same switch, same button, either way."""
    walk = visit().enter("store")
    walk.page.evaluate("addEventListener('click', (event) => event.isTrusted && (window.presses += 1), true)")
    counts = []
    for wanted in (True, False):
        walk.page.evaluate("window.presses = 0")
        walk.press("Privacy")
        walk.page.locator("#purpose-improve").set_checked(wanted)
        walk.press("Save my choices")
        saved(walk)
        counts.append(walk.page.evaluate("presses"))
        walk.press("Back to the chat")
    assert counts == [3, 3]


@pytest.mark.parametrize("purposes", [("store",), ()], ids=["stored", "ephemeral"])
def test_answers_and_receipt_are_there_for_the_visitor(visit, purposes, tmp_path):
    """Also where nothing is stored: the token then says what was answered."""
    walk = visit().enter(*purposes)
    walk.press("Privacy")
    walk.press("Show my answers")
    listed = walk.page.locator("rousora-chat .history")
    expect(listed).to_contain_text("Keep this conversation: " + ("yes" if purposes else "no"))
    with walk.page.expect_download() as got:
        walk.press("Download a receipt")
    expect(walk.panel.get_by_text("Your receipt is downloaded.")).to_be_visible()
    got.value.save_as(tmp_path / "receipt.json")
    receipt = json.loads((tmp_path / "receipt.json").read_text(encoding="utf-8"))
    assert "signature" in json.dumps(receipt)
    link = walk.panel.get_by_role("link", name="Versions of the privacy policy")
    assert link.get_attribute("href").endswith("/privacy/versions")
    expect(walk.panel.get_by_role("link", name="Cookies")).to_have_attribute("href", walk.url + "/cookies")


@pytest.mark.parametrize(
    "options",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 568}}],
    ids=["light", "dark", "narrow"],
)
def test_axe_finds_nothing_in_the_preference_centre(visit, axe, options):
    """With the answers on show."""
    walk = visit(reduced_motion="reduce", **options).enter("store")
    walk.press("Privacy")
    walk.press("Show my answers")
    expect(walk.page.locator("rousora-chat .history li").first).to_be_visible()
    assert axe(walk) == []
