"""A child and a parent in the browser: the code, the parent's pages without a script, the child's words, a break."""

import os
import re
import subprocess
import sys

import pytest
from browser.walk import CHILD
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def ask_for_code(walk):
    """From the page to the code for a parent."""
    walk.arrive().open().answer_age(CHILD).choose()
    walk.press("Get a code for my parent")
    code = walk.page.locator(".reference code").first
    expect(code).to_have_text(re.compile(r"^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$"))
    return code.inner_text()


@pytest.fixture
def parent(visit, service):
    """A parent in a browser without scripts, verified by the service's own key; gives the page."""

    def verified(code):
        form = service.var / "form.txt"
        form.write_text("signed", encoding="utf-8")
        command = ["guardian", "review", code, "--form", str(form), "--reviewer", "staff-1", "--approve"]
        env = os.environ | {"CHATBOT_VAR_DIR": str(service.var)}
        said = subprocess.run([sys.executable, "-m", "chatbot", *command], env=env, capture_output=True, check=True)
        page = visit(java_script_enabled=False).page
        page.goto(service.url + "/guardian/portal/" + said.stdout.decode().strip().rpartition("/")[2])
        return page

    return verified


@pytest.fixture
def child(visit, parent):
    """A child whose parent agreed; gives the walk before the chat."""
    walk = visit()
    page = parent(ask_for_code(walk))
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="I agree").click()
    walk.page.locator("#guardian-code").fill(page.locator(".code").inner_text())
    walk.press("Start the chat")
    expect(walk.page.get_by_role("heading", name="Good to know before you chat")).to_be_focused()
    walk.parent = page
    return walk


@pytest.mark.commitment("H2")
def test_a_childs_way_from_the_question_to_the_chat(child):
    """Age first, then a guardian's yes, then the chat; nothing was asked of the child but country and month."""
    child.press("Start the chat")
    turn = child.ask("What is an ERP?")
    expect(turn.locator(".prose")).not_to_be_empty()


@pytest.mark.commitment("N15")
def test_the_card_of_rights_is_there_before_and_in_the_chat(child):
    expect(child.page.get_by_role("heading", name="Your rights")).to_be_visible()
    child.press("Start the chat")
    child.press("Privacy")
    expect(child.page.get_by_role("heading", name="Your rights")).to_be_visible()
    assert child.page.get_by_role("switch").count() == 0


@pytest.mark.commitment("N11")
def test_after_half_an_hour_the_chat_offers_a_break(visit, parent):
    walk = visit()
    walk.page.clock.install()
    page = parent(ask_for_code(walk))
    page.get_by_role("button", name="I agree").click()
    walk.page.locator("#guardian-code").fill(page.locator(".code").inner_text())
    walk.press("Start the chat")
    expect(walk.page.get_by_role("heading", name="Good to know before you chat")).to_be_visible()
    walk.press("Start the chat")
    expect(walk.box).to_be_visible()
    walk.page.clock.run_for("29:00")
    assert walk.page.locator(".pause").count() == 0
    walk.page.clock.run_for("02:00")
    expect(walk.page.locator(".pause")).to_contain_text("break")


@pytest.mark.commitment("N17")
def test_a_parents_portal_works_without_a_script_and_takes_back(child):
    child.press("Start the chat")
    child.ask("What is an ERP?")
    page = child.parent
    page.reload()
    page.goto(page.url)
    expect(page.get_by_text("What is an ERP?")).to_be_visible()
    page.get_by_role("button", name="Take back and erase").click()
    expect(page.get_by_role("heading", name="Your permission is taken back")).to_be_visible()
    turn = child.say("and a CRM?")
    expect(turn.get_by_text("Your parent or guardian has stopped this chat for now.")).to_be_visible()


@pytest.mark.commitment("N16")
def test_a_child_who_says_so_reads_why_it_stopped_and_how_to_appeal(visit):
    walk = visit().enter()
    turn = walk.say("I am 11 years old")
    expect(turn.get_by_text("It seems that a child is writing")).to_be_visible()
    expect(turn.get_by_text("write to support@rousora.com")).to_be_visible()


def test_the_pages_are_accessible(visit, axe, service):
    walk = visit()
    code = ask_for_code(walk)
    assert axe(walk) == []
    for path in (f"/guardian/{code}", "/guardian/login", "/guardian/report"):
        walk.page.goto(service.url + path)
        assert axe(walk) == [], path
