"""A site with something to ask about: one analytics service, and keys in three categories."""

import shutil
from pathlib import Path

import yaml

DATA = Path(__file__).resolve().parents[2] / "data"
PURPOSE = {"en": "Counts visits.", "af": "Tel besoeke.", "de": "Zählt Besuche."}
SERVICE = {
    "id": "counter",
    "name": "Example Counter",
    "recipient": "Example Counter GmbH",
    "country": "DE",
    "category": "analytics",
    "contract": "DPA-1",
    "signed": "2026-01-31",
    "expires": "2028-01-31",
    "vetted": {"dated": "2026-01-31", "review_by": "2028-01-31", "evidence": "certificate 1"},
    "privacy": "https://counter.example/privacy",
    "purpose": PURPOSE,
}
KEYS = [
    {
        "key": "_count*",
        "where": "cookie",
        "category": "analytics",
        "days": 90,
        "service": "counter",
        "purpose": PURPOSE,
    },
    {"key": "count-pages", "where": "localStorage", "category": "analytics", "days": 90, "purpose": PURPOSE},
    {"key": "site_language", "where": "cookie", "category": "functional", "days": 30, "purpose": PURPOSE},
    {"key": "site_ads", "where": "cookie", "category": "marketing", "days": 30, "purpose": PURPOSE},
    {"key": "layout", "where": "localStorage", "category": "functional", "days": 30, "purpose": PURPOSE},
]


def make(folder: Path) -> Path:
    """Copy the data folder and register the service and its keys."""
    shutil.copytree(DATA, folder)
    storage = folder / "registers" / "storage.yaml"
    kept = yaml.safe_load(storage.read_text(encoding="utf-8"))
    kept["keys"] += KEYS
    storage.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    services = yaml.safe_dump({"services": [SERVICE]}, allow_unicode=True)
    (folder / "registers" / "site_services.yaml").write_text(services, encoding="utf-8")
    return folder
