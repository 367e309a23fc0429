"""The search finds what was meant, is not confused by what was typed, and knows when it does not know."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from bench import answers
from bench.questions import FRESH, HARD, SETS, USUAL, every, questions
from chatbot.knowledge.embedding import Embedder
from chatbot.knowledge.encoder import Encoder
from chatbot.knowledge.errors import KnowledgeError
from chatbot.knowledge.score import Score
from chatbot.knowledge.search import Knowledge
from chatbot.knowledge.words import Words

DATA = Path(__file__).resolve().parents[2] / "data"
PLAIN = (
    "## Cats\n\nCats sleep all day long.\n\n## Dogs\n\nDogs chase the postman.\n\n## Fish\n\nFish swim in water.\n"
)


def first(knowledge, question):
    return knowledge.search(question)[0].passage.id


def test_the_surest_passage_comes_first_with_rank_and_score(write, run, knowledge):
    write("pets", PLAIN)
    run()
    hits = knowledge.search("do dogs chase anybody", limit=2)
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].passage.id == "pets#dogs"
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert hits[0].excerpt == "Dogs chase the postman."


@pytest.mark.parametrize(
    "question",
    [
        '"dogs" OR chase*',
        "dogs) chase(",
        "NEAR(dogs chase)",
        "heading:dogs chase",
        "dogs' chase--",
        "-dogs ^chase",
        "* dogs \x00 chase",
    ],
)
def test_search_syntax_in_a_question_is_only_text(write, run, knowledge, question):
    write("pets", PLAIN)
    run()
    assert first(knowledge, question) == "pets#dogs"


@pytest.mark.parametrize("question", ["", "   ", "?!", "<PERSON_1>", "\u2039EMAIL_ADDRESS_3\u203a"])
def test_a_question_without_a_word_finds_nothing(write, run, knowledge, question):
    write("pets", PLAIN)
    run()
    assert knowledge.search(question) == []


def test_an_empty_knowledge_base_finds_nothing(run, knowledge):
    run()
    assert knowledge.search("dogs") == []
    assert knowledge.warm() == 0


def test_a_missing_knowledge_base_says_how_to_make_it(knowledge):
    with pytest.raises(FileNotFoundError, match="chatbot knowledge ingest"):
        knowledge.warm()


def test_a_new_ingestion_is_read_without_a_restart(write, run, knowledge):
    write("pets", PLAIN)
    run()
    assert knowledge.warm() == 3
    write("birds", "## Parrots\n\nParrots talk to the postman.\n")
    run()
    assert first(knowledge, "talking parrots") == "birds#parrots"
    assert knowledge.warm() == 4


def test_searches_in_many_threads_agree(rousora):
    expected = rousora.search("what is a crm")
    found = []
    threads = [
        threading.Thread(target=lambda: found.extend(rousora.search("what is a crm") for _ in range(10)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 40


def test_other_wordings_help_to_find_and_are_not_shown(write, run, knowledge):
    write("pets", PLAIN, "asked: {fish: [Tell me about aquariums]}\n")
    run()
    hit = knowledge.search("aquarium")[0]
    assert hit.passage.id == "pets#fish"
    assert "aquarium" not in hit.passage.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("forgot my pasword", "support#login-problems"),
        ("can u integrate oddo", "integrations#odoo-integration"),
        ("WHAT IS A CRM???", "crm#what-a-crm-is"),
        ("unterschied zwischen crm und erp", "erp#difference-between-crm-and-erp"),
        ("ek het my wagwoord vergeet", "support#login-problems"),
        ("What does Rousora do?", "company#what-rousora-does"),
        ("Can you connect Odoo or Zoho?", "integrations#which-systems-can-be-connected"),
        ("How do you protect my data?", "privacy#security-measures"),
        ("I am <PERSON_1>, what is a CRM?", "crm#what-a-crm-is"),
        ("Hi, my name is <PERSON_1>, my e-mail is <EMAIL_ADDRESS_1>. What is a CRM?", "crm#what-a-crm-is"),
    ],
)
def test_typing_errors_languages_and_placeholders_do_not_hinder(rousora, question, expected):
    hit = rousora.search(question)[0]
    assert hit.passage.id == expected
    assert hit.answers or hit.maybe


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("can you connect zoho?", "how does that work?", "integrations#zoho-integration"),
        ("can you connect zoho?", "what is a crm", "crm#what-a-crm-is"),
        ("what is an erp", "is it possible to import our contacts?", "crm#moving-existing-contacts-into-a-crm"),
    ],
)
def test_a_question_that_only_points_back_is_searched_with_the_one_before(rousora, before, question, expected):
    assert rousora.search(question, before=before)[0].passage.id == expected


def test_a_long_question_is_searched_by_its_beginning(rousora):
    assert first(rousora, "what is a crm " + "crm " * 5000) == "crm#what-a-crm-is"


def test_a_long_passage_is_excerpted_in_whole_sentences(rousora):
    hit = next(
        hit for hit in rousora.search("is my data encrypted") if hit.passage.id == "privacy#technical-safeguards"
    )
    assert hit.excerpt in hit.passage.text
    hit = next(
        hit
        for hit in rousora.search("introduction of the privacy policy")
        if hit.passage.id.startswith("privacy#introduction")
    )
    assert all(part in hit.passage.text for part in hit.excerpt.split("\n\n"))


def test_the_held_out_half_keeps_its_floors(rousora):
    """Measured: hit@1 .96, hit@3 .99, right .84, wrong .015, false answers .03; the floors leave some room."""
    figures = answers.measure(rousora, questions(1, USUAL))
    assert (figures.questions, figures.unanswerable) >= (130, 80)
    assert figures.hit_1 >= 0.93
    assert figures.hit_3 >= 0.97
    assert figures.answered_right >= 0.80
    assert figures.answered_wrong <= 0.05
    assert figures.false_answers <= 0.05


def test_slang_and_half_sentences_are_rather_missed_than_answered_wrongly(rousora):
    """Measured on the held-out half: hit@1 .66, hit@3 .78, wrong .00, false answers .00."""
    figures = answers.measure(rousora, questions(1, HARD))
    assert figures.hit_1 >= 0.56
    assert figures.hit_3 >= 0.71
    assert figures.answered_wrong <= 0.07
    assert figures.false_answers <= 0.10


def test_questions_that_nothing_was_fitted_to_are_found_too(rousora):
    """Measured: hit@1 .65, hit@3 .83, right .21, doubted right .21, wrong .04, false answers .05."""
    figures = answers.measure(rousora, every(FRESH))
    assert (figures.questions, figures.unanswerable) == (80, 60)
    assert figures.hit_1 >= 0.60
    assert figures.hit_3 >= 0.77
    assert figures.answered_right + figures.doubted_right >= 0.36
    assert figures.answered_wrong <= 0.08
    assert figures.false_answers <= 0.08


def test_every_expected_passage_exists(rousora):
    known = {row.passage.id for row in rousora._current()[0].rows}
    expected = {name for names in SETS for question in every(names) for name in question.expect}
    assert expected <= known


def test_loading_the_vectors_neither_logs_nor_changes_logging():
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    vectors = Embedder.load().embed(["what is a crm", ""])
    assert (list(logging.getLogger().handlers), logging.getLogger().level) == (handlers, level)
    assert vectors.shape == (2, 256)
    assert vectors[0] @ vectors[0] == pytest.approx(1.0, abs=1e-5)
    assert not vectors[1].any()


@pytest.mark.parametrize(
    ("file", "content", "error"),
    [
        ("words.yaml", "terms: {}", r"words\.yaml:1: needs `stopwords:`"),
        ("words.yaml", "stopwords: {en: a}\nterms: {}\ndetails: []", r"words\.yaml:1: `pointing:` needs a list"),
        (
            "words.yaml",
            "stopwords: {en: a}\npointing: []\ngaps: []\ndetails: []\nunanswered: []\nterms: {a: b}",
            r"words\.yaml:1: `a` needs a list",
        ),
        (
            "words.yaml",
            "stopwords: {en: a}\npointing: []\ngaps: []\ndetails: []\nterms: {}",
            r"words\.yaml:1: `unanswered:` needs a list",
        ),
        ("score.yaml", "order: {meaning: 1}", r"score\.yaml:1: `order:` needs exactly these"),
        ("score.yaml", "order: 3", r"score\.yaml:1: `order:` needs exactly these"),
    ],
)
def test_a_broken_data_file_is_named(tmp_path, file, content, error):
    (tmp_path / file).write_text(content)
    reader = Words if file == "words.yaml" else Score
    with pytest.raises(KnowledgeError, match=error):
        reader.read(tmp_path / file)


def test_opening_loads_nothing_big(tmp_path):
    opened = vars(Knowledge.open(tmp_path / "none.db", DATA))
    assert "_embedder" not in opened
    assert "_encoder" not in opened


def test_two_sentences_that_say_the_same_in_other_words_are_near_each_other():
    question, same, other = Encoder.load().encode(
        ["I forgot my password", "What if I cannot log in any more?", "Can you send a newsletter?"]
    )
    assert question @ question == pytest.approx(1.0, abs=1e-5)
    assert question @ same > question @ other + 0.2


def test_encoding_nothing_gives_no_rows():
    assert Encoder.load().encode([]).shape == (0, 384)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Wat doen julle?", "company#what-rousora-does"),
        ("Was bieten Sie an?", "company#what-rousora-does"),
        ("wer liest was ich hier schreibe", "assistant#how-personal-details-are-hidden"),
        ("our clients are all in one big spreadsheet", "crm#moving-existing-contacts-into-a-crm"),
        ("my zoho is not syncing", "integrations#when-an-integration-stops-working"),
    ],
)
def test_ordinary_messages_find_their_passage(rousora, question, expected):
    assert first(rousora, question) == expected


def test_an_encoder_that_only_knows_english_reads_the_english_words(rousora):
    vocabulary = rousora._current()[0].vocabulary
    read = Words.read(DATA / "search" / "words.yaml").query
    english = read("Kan julle Odoo vir ons koppel?", vocabulary).english
    assert english.startswith("odoo ")
    assert english.endswith(" connect integration")
    assert "julle" not in english
    assert read("can you link odoo for us", vocabulary).english == "can you link odoo for us"
