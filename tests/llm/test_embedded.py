"""The embedded answerer quotes whole sentences with their sources, or says that it does not know."""

from __future__ import annotations

import pytest


async def collect(answerer, request):
    return [piece async for piece in answerer.stream(request)]


async def test_a_quotation_carries_the_number_of_its_source(embedded, ask, make_hit):
    request = ask("what is a crm", make_hit("A CRM keeps contacts."))
    assert [hit.passage.id for hit in embedded.cited(request)] == ["crm#a"]
    assert "".join(await collect(embedded, request)) == "A CRM keeps contacts. [1]"


async def test_the_reply_leaves_in_pieces_that_join_to_the_whole(embedded, ask, make_hit):
    request = ask("what is a crm", make_hit("One two three four five.\n\n- six\n- seven eight"))
    pieces = await collect(embedded, request)
    assert len(pieces) > 2
    assert "".join(pieces) == embedded.reply(request)


def test_a_second_passage_is_quoted_when_nearly_as_sure_and_different(embedded, ask, make_hit):
    first = make_hit("A CRM keeps contacts.", score=0.9)
    second = make_hit("Odoo can be connected to it.", score=0.8, rank=2, name="odoo")
    weak = make_hit("Cookies are small files.", score=0.4, rank=3, name="cookies")
    twin = make_hit("A CRM keeps all contacts.", score=0.85, rank=2, name="twin")
    assert (
        embedded.reply(ask("crm?", first, second, weak))
        == "A CRM keeps contacts. [1]\n\nOdoo can be connected to it. [2]"
    )
    assert embedded.reply(ask("crm?", first, twin)) == "A CRM keeps contacts. [1]"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "I don't know"), ("af", "Ek weet dit nie"), ("de", "Das weiß ich nicht")]
)
def test_below_the_threshold_it_says_so_and_offers_a_person(embedded, ask, make_hit, language, words):
    request = ask("what does it cost", make_hit(score=0.1, answers=False), language=language)
    assert embedded.reply(request).startswith(words)
    assert embedded.unanswered(request)
    assert embedded.cited(request) == ()


def test_a_likely_passage_below_the_threshold_is_shown_with_a_word_of_doubt_and_a_person(embedded, ask, make_hit):
    request = ask("what is a crm", make_hit("A CRM keeps contacts.", score=0.55, answers=False))
    assert embedded.reply(request) == (
        "I'm not sure that this answers your question. If it doesn't, shall I fetch a person?\n\n"
        "A CRM keeps contacts. [1]"
    )
    assert embedded.unanswered(request)
    assert len(embedded.cited(request)) == 1


def test_an_english_quotation_is_introduced_in_the_visitors_language(embedded, ask, make_hit):
    reply = embedded.reply(ask("was ist ein crm", make_hit(), language="de"))
    assert reply.startswith("Dazu steht in unserer Wissensbasis")
    assert reply.endswith("Rousora sets up a CRM. [1]")


def test_a_bare_list_gets_its_heading(embedded, ask, make_hit):
    assert embedded.reply(ask("crm", make_hit("- one\n- two"))) == "**What a CRM is**\n\n- one\n- two [1]"


def test_the_version_is_the_hash_of_its_words_and_nothing_leaves_the_machine(embedded):
    assert len(embedded.prompt_version) == 64
    assert (embedded.name, embedded.abroad, embedded.country) == ("embedded", False, "ZA")
