"""Where kept things live: columns that only take redacted text, tables, and the one place that commits."""
