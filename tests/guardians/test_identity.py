"""Nobody acts for a child, or on their own data, without having shown who they are."""

import time

import pytest
from sqlmodel import select

from chatbot.guardians.parts import Use
from chatbot.storage.tables import Turn

ACTS = {
    "consent": {"purpose": "store"},
    "choices": {"purpose": "store"},
    "code": {},
    "erase": {},
    "annotate": {"turn": "1", "value": "wrong"},
    "pause": {},
    "resume": {},
    "refuse": {},
    "revoke": {},
}
MINE = (
    ("GET", "/v1/me/consents"),
    ("PUT", "/v1/me/consents"),
    ("GET", "/v1/me/consents/receipt"),
    ("GET", "/v1/me/consents/history"),
    ("GET", "/v1/me/decisions"),
    ("POST", "/v1/me/decisions/0/review"),
    ("DELETE", "/v1/me"),
)


@pytest.fixture
async def home(family, visitor):
    """A child who has asked one question; gives the portal's path."""
    portal, code = await family.agreed("store")
    await family.enter(visitor, code)
    await visitor.say("What is an ERP?")
    return portal


async def state(family):
    """Give where the guardianship stands, its code, and what is kept."""
    row = await family.row()
    async with family.services.database.reading() as session:
        turns = len((await session.exec(select(Turn))).all())
    return row.stage, row.claim_sha256, row.notice_version, turns


def keys(parts, identity):
    """Give what looks like a key to the portal and is none."""
    return {
        "none": "x",
        "a mail's first link": parts.make_pass(identity, Use.FIRST, 600),
        "a mail's second link": parts.make_pass(identity, Use.SECOND, 600),
        "a provider's request": parts.make_pass(identity, Use.PROVIDER, 600),
        "one that is over": parts.make_pass(identity, Use.PORTAL, -1),
        "one that was changed": parts.make_pass(identity, Use.PORTAL, 600)[:-2] + "AA",
    }


@pytest.mark.commitment("U10", part="guardians")
@pytest.mark.parametrize("act", ACTS)
async def test_no_act_of_a_guardian_goes_without_the_key_that_verification_gave(family, home, visitor, act):
    """Whatever else the link is made of: refused, and nothing has changed."""
    row, before = await family.row(), await state(family)
    sent = ACTS[act] | {"session": visitor.id, "version": family.services.notices.version}
    for name, key in keys(family.services.guardians, row.id).items():
        assert (await family.press(f"/guardian/portal/{key}", act, **sent)).status_code == 404, name
    assert (await family.client.get(f"{home[:-2]}AA/receipt")).status_code == 404
    assert await state(family) == before


@pytest.mark.commitment("U10", part="guardians")
@pytest.mark.parametrize("act", ACTS)
async def test_a_portal_opens_nothing_before_its_guardian_is_verified(family, visitor, act):
    """Even with a key to it: the stage decides, and it has one way to get further."""
    await family.identify(await family.invite())
    row, before = await family.row(), await state(family)
    sent = ACTS[act] | {"session": "0" * 32, "version": family.services.notices.version}
    answer = await family.press(family.services.guardians.portal(row.id), act, **sent)
    assert answer.status_code in {200, 400, 404}
    assert 'class="code"' not in answer.text
    assert "Your page as a guardian" not in answer.text
    assert await state(family) == before
    assert visitor.token is None


@pytest.mark.commitment("U10", part="guardians")
@pytest.mark.parametrize(("method", "path"), MINE)
async def test_no_right_is_exercised_without_the_conversations_own_token(visitor, family, method, path):
    """Without one, with a changed one, or with one that is over, nothing is shown and nothing is erased."""
    await visitor.begin({"store": True})
    await visitor.say("What is an ERP?")
    claims = family.services.seals.claims(visitor.token, int(time.time()))
    changed = visitor.token[:-4] + ("AAAA" if visitor.token[-4:] != "AAAA" else "BBBB")
    over = family.services.seals.token(type(claims)(**{**claims_of(claims), "expires": int(time.time()) - 1}))
    body = {"consents": {}, "notice_version": family.services.notices.version} if method == "PUT" else None
    for token in ("", changed, over):
        headers = {"Authorization": f"Bearer {token}"}
        answer = await visitor.client.request(method, path, headers=headers, json=body)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    async with family.services.database.reading() as session:
        assert len((await session.exec(select(Turn))).all()) == 1


def claims_of(claims):
    """Give what a token says, by name."""
    return {name: getattr(claims, name) for name in claims.__struct_fields__}
