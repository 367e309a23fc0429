"""For users of Presidio: our finders and rules as recognisers, our placeholders as an operator.

    results = analyzer().analyze("I am Jane Doe", "en")
    engine = AnonymizerEngine()
    engine.add_anonymizer(PlaceholderOperator)
    engine.anonymize(text, results, {"DEFAULT": OperatorConfig("placeholder", {"vault": Vault()})})

`recognizers()` gives the same for a registry of one's own, beside Presidio's.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

import tldextract

# Presidio reads this limit when it is imported: a pattern may take one second, never sixty.
os.environ.setdefault("REGEX_TIMEOUT_SECONDS", "1")

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
from presidio_analyzer.nlp_engine import NoOpNlpEngine
from presidio_anonymizer.entities import InvalidParamError
from presidio_anonymizer.operators import Operator, OperatorType

from pii.engine import BUILTIN, build_finder, build_rules
from pii.normalise import normalise
from pii.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pii.engine import Finder

KINDS = ["PERSON", "LOCATION", "ORGANIZATION", "STREET_ADDRESS", "USERNAME"]


class FinderRecognizer(EntityRecognizer):
    """Our name and address finder as a Presidio recogniser; it needs nothing of Presidio's NLP."""

    def __init__(self, finder: Finder, language: str = "en") -> None:
        self._finder = finder
        super().__init__(supported_entities=KINDS, name=f"Finder({finder.name})", supported_language=language)

    def load(self) -> None:
        """Nothing to load: the finder came loaded."""

    def analyze(self, text: str, entities: Sequence[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Find in one text, with offsets of the text as it was typed."""
        del nlp_artifacts
        normal = normalise(text)
        spans = map(normal.back, self._finder.find_batch([normal.text])[0])
        return [
            RecognizerResult(s.kind, s.start, s.end, s.score) for s in spans if not entities or s.kind in entities
        ]


class PlaceholderOperator(Operator):
    """Replaces each value by its placeholder; params: `vault`, a Vault."""

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Give the placeholder of this value."""
        params = params or {}
        vault: Vault = params["vault"]
        return vault.placeholder_for(params["entity_type"], text)

    def validate(self, params: dict[str, Any] | None = None) -> None:
        """Refuse to run without a vault to keep the values in."""
        if not isinstance((params or {}).get("vault"), Vault):
            raise InvalidParamError("the placeholder operator needs a vault")

    def operator_name(self) -> str:
        """Name to give in OperatorConfig."""
        return "placeholder"

    def operator_type(self) -> OperatorType:
        """Say that it replaces; restoring is `pii.restore`."""
        return OperatorType.Anonymize


def recognizers(finder: str = BUILTIN, language: str = "en") -> list[EntityRecognizer]:
    """Give all our recognisers, ready for a Presidio registry."""
    stay_offline()
    rules: Any = build_rules()
    return [FinderRecognizer(build_finder(finder), language), *rules.as_presidio(language)]


def analyzer(finder: str = BUILTIN, language: str = "en") -> AnalyzerEngine:
    """Give Presidio's engine with our recognisers alone; it needs no NLP model of its own."""
    registry = RecognizerRegistry(recognizers(finder, language), supported_languages=[language])
    no_model = NoOpNlpEngine([{"lang_code": language, "model_name": ""}])
    return AnalyzerEngine(registry, no_model, supported_languages=[language])


def stay_offline() -> None:
    """Keep Presidio from fetching public suffixes, and from logging what people typed."""
    offline = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    tldextract.tldextract.TLD_EXTRACTOR = offline
    tldextract.extract = offline  # type: ignore[assignment]  # a callable object in place of a function
    for name in ("presidio-analyzer", "presidio-anonymizer", "decision_process"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
