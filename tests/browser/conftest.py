"""Chromium against the real service. Where no Chromium is installed the tests say so and skip, except in CI."""

import os
import shutil
from pathlib import Path

import pytest
from browser.servers import OtherSite, scripted_model, served
from browser.walk import AXE_TAGS, Walk
from playwright.sync_api import sync_playwright
from support.service import running_service

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
ROOMY = {"CHATBOT_SESSION_LIMIT": "1000/minute", "CHATBOT_ADDRESS_LIMIT": "10000/minute"}


def _need(found: object, what: str) -> None:
    if found:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}, and CI must not skip the browser tests")
    pytest.skip(what)


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    _need(path, "no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def other_site():
    """Serve a website of somebody else that embeds the widget; gives its origin."""
    with served(OtherSite) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="session")
def service(chromium, other_site, tmp_path_factory):
    """Run the service as `chatbot serve` does, with the embedded answerer."""
    settings = ROOMY | {"CHATBOT_ALLOWED_ORIGINS": other_site}
    with running_service(tmp_path_factory.mktemp("service"), **settings) as running:
        yield running


@pytest.fixture(scope="session")
def slow_service(chromium, tmp_path_factory):
    """Run the service with a model on loopback that writes slowly, for what only shows while it writes."""
    with scripted_model() as model:
        settings = {
            "CHATBOT_MODEL": "openai:scripted",
            "CHATBOT_MODEL_BASE_URL": model.base_url,
            "CHATBOT_MODEL_API_KEY": "none",
        }
        with running_service(tmp_path_factory.mktemp("slow"), **ROOMY, **settings) as running:
            running.model = model
            yield running


@pytest.fixture
def visit(chromium, service, other_site):
    """Begin a walk in a fresh browser profile; afterwards nothing may have gone wrong in the page."""
    contexts, complaints = [], []

    def begin(at=service, **options) -> Walk:
        context = chromium.new_context(**({"viewport": {"width": 1100, "height": 760}, "locale": "en-GB"} | options))
        context.set_default_timeout(15000)
        contexts.append(context)
        page = context.new_page()
        watch(page, (at.url, other_site), complaints)
        return Walk(page, at.url)

    yield begin
    for context in contexts:
        context.close()
    assert complaints == []


def watch(page, origins: tuple[str, ...], complaints: list[str]) -> None:
    """Note what a page must never do: errors, broken content security policy, requests to anybody else."""
    expected = "Failed to load resource"  # an HTTP error that a test provokes; the widget says it in words

    def console(message) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(expected):
            complaints.append(message.text)

    def request(sent) -> None:
        if not sent.url.startswith((*origins, "data:", "blob:")):
            complaints.append(f"request to {sent.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", request)


@pytest.fixture
def axe():
    """Check a page with axe-core: WCAG 2.2 A and AA and the best practices; gives what is wrong."""
    _need(AXE.exists(), "axe-core is not installed (npm ci)")
    source = AXE.read_text(encoding="utf-8")

    def check(walk: Walk, rules: list[str] = AXE_TAGS) -> list[str]:
        if not walk.page.evaluate("'axe' in window"):
            walk.page.evaluate(source)
        found = walk.page.evaluate("rules => axe.run({runOnly: rules})", rules)
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]

    return check
