"""Our recognisers as Presidio's, for those who run its AnalyzerEngine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from presidio_analyzer import LocalRecognizer, RecognizerResult

from pii.recognizers.scan import Scan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pii.recognizers.base import Recognizer


class PresidioRecognizer(LocalRecognizer):
    """One of our recognisers behind Presidio's interface; its artefacts are not needed."""

    def __init__(self, recognizer: Recognizer, language: str = "en") -> None:
        """Wrap `recognizer` for one of Presidio's languages."""
        self._recognizer = recognizer
        super().__init__(
            supported_entities=list(recognizer.kinds),
            name=recognizer.name,
            supported_language=language,
            context=list(recognizer.context),
            country_code=recognizer.country,
        )

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: Sequence[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Spans of the wanted entities."""
        del nlp_artifacts
        scan = Scan(text)
        found = self._recognizer.spans(scan) if self._recognizer.ready(scan) else ()
        return [
            RecognizerResult(s.kind, s.start, s.end, s.score) for s in found if not entities or s.kind in entities
        ]
