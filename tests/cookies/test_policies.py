"""Policies: dated from their version, every version kept, and any two comparable."""

import re
import shutil
from datetime import date

import pytest

from chatbot.errors import NotFound
from chatbot.policies import Policies, Text, difference
from consent.data import DataError

FIRST = Text("Privacy", date(2026, 1, 5), "# Privacy\n\nWe keep messages for ten days.\n\n- one\n- two\n")
SECOND = Text("Privacy", date(2026, 3, 9), "# Privacy\n\nWe keep messages for five days.\n\n- one\n- three\n\nNew.\n")


@pytest.fixture
def published(tmp_path):
    Policies(tmp_path, {"privacy": FIRST}, date(2026, 1, 6))
    return Policies(tmp_path, {"privacy": SECOND}, date(2026, 3, 10))


@pytest.mark.commitment("W5")
def test_every_version_stays_retrievable_under_its_hash(published, tmp_path):
    new, old = published.editions("privacy")
    assert (old.text, old.since, new.text, new.since) == (FIRST, date(2026, 1, 6), SECOND, date(2026, 3, 10))
    assert published.read("privacy", old.version) == old
    assert published.current["privacy"] == new


def test_the_same_text_is_kept_once_and_keeps_its_first_day(published, tmp_path):
    again = Policies(tmp_path, {"privacy": SECOND}, date(2027, 1, 1))
    assert again.current == published.current
    assert len(again.editions("privacy")) == 2


@pytest.mark.commitment("W5")
def test_an_altered_edition_is_noticed(published, tmp_path):
    old = published.editions("privacy")[1]
    path = tmp_path / "privacy" / f"{old.version}.json"
    path.write_text(path.read_text().replace("ten", "two"))
    with pytest.raises(DataError, match="was altered"):
        published.read("privacy", old.version)


@pytest.mark.commitment("W2", "A25")
def test_words_cannot_change_without_a_new_date(published, tmp_path):
    with pytest.raises(DataError, match="last_updated"):
        Policies(tmp_path, {"privacy": SECOND._replace(body="Other words.")}, date(2026, 4, 1))
    Policies(tmp_path, {"privacy": SECOND._replace(body="Other words.", updated=date(2026, 4, 1))}, date(2026, 4, 1))


@pytest.mark.parametrize("version", ["0" * 16, "../../secret", "..", ""])
def test_there_is_nothing_beside_the_editions(published, version):
    with pytest.raises(NotFound):
        published.read("privacy", version)


@pytest.mark.commitment("W4")
def test_a_difference_shows_changed_words_new_and_lost_paragraphs(published):
    new, old = published.editions("privacy")
    shown = [[(kind, text) for kind, text in parts if kind != "same"] for parts in difference(old, new)]
    assert shown[0] == [("removed", "ten"), ("added", "five")]
    assert ("added", "New.") in [part for parts in shown for part in parts]
    assert list(difference(new, new)) == []


@pytest.mark.commitment("W2", "W4", "W5", "A25")
@pytest.mark.parametrize("policy", ["privacy", "acceptable-use", "cookies"])
async def test_each_policy_page_carries_its_date_and_leads_to_its_versions(client, services, policy):
    page = (await client.get(f"/{policy}")).text
    current = services.policies.current[policy]
    assert f'Last updated: <time datetime="{current.text.updated}">' in page
    assert f'href="/{policy}/versions"' in page
    listed = (await client.get(f"/{policy}/versions")).text
    links = re.findall(rf'href="(/policies/{policy}/\w+)"', listed)
    assert links == [f"/policies/{policy}/{current.version}"]
    assert (await client.get(links[0])).status_code == 200
    same = await client.get(f"/policies/{policy}/difference?from={current.version}&to={current.version}")
    assert "The words are the same" in same.text


@pytest.mark.commitment("W4")
async def test_the_difference_page_marks_changes_and_escapes_them(settings, services, client, tmp_path):
    current = services.policies.current["privacy"]
    old = Text(current.text.title, date(2020, 1, 1), "# Privacy Policy\n\n<script>alert(1)</script> was here.\n")
    kept = Policies(tmp_path, {"privacy": old}, date(2020, 1, 1)).current["privacy"]
    shutil.copy(tmp_path / "privacy" / f"{kept.version}.json", settings.var_dir / "policies" / "privacy")
    page = (await client.get(f"/policies/privacy/difference?from={kept.version}&to={current.version}")).text
    assert "<del>&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<ins>" in page
    listed = (await client.get("/privacy/versions")).text
    assert listed.index(str(current.text.updated)) < listed.index("2020-01-01")
    assert "not the current version" in (await client.get(f"/policies/privacy/{kept.version}")).text


@pytest.mark.commitment("K13")
async def test_every_page_links_to_policies_and_cookie_settings(client, services):
    """A crawler from the landing page: each page of ours that it reaches has the footer."""
    waiting, seen = ["/", "/help/company"], set()
    while waiting:
        path = waiting.pop()
        answer = await client.get(path)
        if path in seen or not answer.headers["Content-Type"].startswith("text/html"):
            continue
        seen.add(path)
        for link in ("/privacy", "/acceptable-use", "/cookies", "/cookies/settings"):
            assert f'<a href="{link}"' in answer.text, path
        waiting += [found for found in re.findall(r'<a [^>]*href="(/[^"#?]*)"', answer.text) if found not in seen]
    assert {"/", "/privacy", "/cookies", "/cookies/settings", "/privacy/versions"} <= seen
