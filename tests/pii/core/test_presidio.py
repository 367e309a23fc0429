"""A Presidio user can take our recognisers and our placeholders."""

import logging

import pytest
import tldextract
from presidio_analyzer import RecognizerResult
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import InvalidParamError, OperatorConfig

from pii import Vault, restore
from pii.presidio import FinderRecognizer, PlaceholderOperator, analyzer, stay_offline


def test_the_finder_is_a_recogniser(small):
    recogniser = FinderRecognizer(small._finder)
    text = "mail J\u200bane Doe"
    (result,) = recogniser.analyze(text, ["PERSON"])
    assert text[result.start : result.end] == "J\u200bane Doe"
    assert recogniser.analyze(text, ["LOCATION"]) == []


def test_presidios_engine_runs_on_our_recognisers_alone():
    text = "I am Jane Doe, 082 555 1234, card 4111 1111 1111 1111"
    found = {(each.entity_type, text[each.start : each.end]) for each in analyzer().analyze(text, "en")}
    assert {("PERSON", "Jane Doe"), ("PHONE_NUMBER", "082 555 1234"), ("CREDIT_CARD", "4111 1111 1111 1111")} <= found


def test_the_anonymizer_mints_our_placeholders():
    engine, vault = AnonymizerEngine(), Vault()
    engine.add_anonymizer(PlaceholderOperator)
    operators = {"DEFAULT": OperatorConfig("placeholder", {"vault": vault})}
    text = "Jane Doe, jane doe"
    results = [RecognizerResult("PERSON", 0, 8, 0.9), RecognizerResult("PERSON", 10, 18, 0.9)]
    assert engine.anonymize(text, results, operators).text == "<PERSON_1>, <PERSON_1>"
    assert restore("<PERSON_1>", vault).casefold() == "jane doe"


def test_the_operator_needs_a_vault():
    for params in (None, {}, {"vault": {}}):
        with pytest.raises(InvalidParamError):
            PlaceholderOperator().validate(params)


def test_presidio_stays_offline_and_silent(caplog):
    stay_offline()
    assert tldextract.extract("a.co.za").suffix == "co.za"
    assert tldextract.tldextract.TLD_EXTRACTOR.suffix_list_urls == ()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("presidio-analyzer").warning("Siyabonga")
    assert "Siyabonga" not in caplog.text
