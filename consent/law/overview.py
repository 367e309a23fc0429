"""Everything the law files say about one country on one day, with sources: for people, and for the command line."""

from datetime import date
from typing import Any

from consent.law import ELSEWHERE, ages, authority, breach, cookies, country_or_elsewhere, due, validity
from consent.law.deadlines import Request
from consent.law.duties import duties, forms
from consent.law.rows import Dated


def overview(country: str, on: date) -> dict[str, Any]:
    """Return the rules in force as plain data; an unknown country is shown as ``ZZ`` with the strictest rules."""
    code = country_or_elsewhere(country)
    return {
        "country": code,
        "as_of": on.isoformat(),
        "age": _age(code, on),
        "validity": _fact(validity(code, on), "default_days", "max_days", "refusal_days"),
        "authority": _fact(authority(code, on), "name", "url", "how"),
        "breach": _fact(breach(code, on), "hours", "threshold", "channel", "form", "law"),
        "cookies": _fact(cookies(code, on), "opt_in", "law", "aliases"),
        "deadlines": {request.value: _deadline(code, request, on) for request in Request},
        "duties": {each.value: _fact(row, "holds", "law", "says") for each, row in duties(code, on).items()},
        "forms": {use: _fact(row, "form", "law", "free", "ways", "fields") for use, row in forms(code, on).items()},
    }


def _age(code: str, on: date) -> dict[str, Any]:
    rules = ages(on)
    row = rules.rows.get(code)
    source = rules.file.sources[row.source if row else rules.file.unknown.source]
    answer = {"alone_from": rules.effective(code), "version": rules.version, "source": source}
    return answer if row is None else answer | {"from": row.since.isoformat(), "read": row.read}


def _deadline(code: str, request: Request, on: date) -> dict[str, Any]:
    answer = due(code, request, on)
    shown = _fact(answer.rule, "length", "unit", "extension", "form")
    borrowed = {} if code != ELSEWHERE else {"borrowed_from": answer.rule.country}
    return {"asked_today_due": answer.by.isoformat(), **shown, **borrowed}


def _fact(row: Dated, *names: str) -> dict[str, Any]:
    """Return the named fields of a row with its provenance."""
    fields = row.model_dump(mode="json", include=set(names))
    return {name: fields[name] for name in names} | {
        "from": row.since.isoformat(),
        "source": row.source,
        "read": row.read,
        "checked_on": row.checked_on.isoformat(),
    }
