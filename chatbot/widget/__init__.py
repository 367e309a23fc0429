"""The website's side: one script, its parts, and the pages that the service serves.

Nothing here runs in Python; these are the places that the web layer serves files from.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

WIDGET = _HERE / "widget.js"
"""The one script tag, served as /widget.js."""

ASSETS = _HERE / "assets"
"""Served whole as /assets: the parts of the widget (chat/) and of the pages (site/)."""

HOME = _HERE / "site" / "index.html"
"""The landing page, served as it is."""

PAGE = _HERE / "site" / "page.html"
"""The shell of a policy page; {{ title }}, {{ updated }} and {{ content }} are filled in."""
