"""A quality report as a caller may see it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import RowMapping

from services.api.asked.periods import Span
from services.api.quality.completeness import FIELDS, OF_SUPPLIERS, Given, given
from services.api.quality.finding import Filters, Finding, Rule, Sum, add
from services.api.quality.month import Month
from services.api.quality.publication import duty_of
from services.api.quality.report import EVER, RULES, Ledger, by_year
from services.api.withheld.personal import may_be_person
from services.api.withheld.withheld_ids import withheld_id
from shared.money import format_pounds

MOST_SUPPLIERS = 10
"""Suppliers of one finding that are shown."""
_EVERY_FIELD = (*FIELDS, *OF_SUPPLIERS)

Names = Mapping[str, RowMapping]
"""What is known of suppliers, by their id."""


class Shown:
    """Shows reports of one buyer, whose ledger is that of `buyers` as one, to one caller."""

    def __init__(
        self,
        buyer: str,
        buyers: Sequence[str],
        names: Names,
        *,
        officer: bool,
        with_predecessors: bool,
    ) -> None:
        self._buyer = buyer
        self._alone = len(buyers) == 1
        self._names = names
        self._officer = officer
        self._with_predecessors = with_predecessors

    def report(
        self,
        ledger: Ledger,
        found: Mapping[str, Sequence[Finding]],
        *,
        by_month: bool,
        limit: int,
    ) -> dict[str, Any]:
        """The whole report; of each rule the first findings."""
        asked, duty = ledger.asked, duty_of(ledger.buyer)
        return {
            "buyer": ledger.buyer,
            "from": None if asked.since == EVER.since else asked.since,
            "to": None if asked.until == EVER.until else asked.until,
            "first_payment": ledger.known.first,
            "last_payment": ledger.known.last,
            "publication": duty and duty.source,
            **_sum(add(*(month.sum for month in ledger.months))),
            "completeness": [self._field(ledger, name) for name in _EVERY_FIELD],
            "periods": [
                _period(label, months) for label, months in _periods(ledger.months, by_month)
            ],
            "rules": [self._rule(rule, found[rule.name], limit) for rule in RULES],
        }

    def _field(self, ledger: Ledger, field: str) -> dict[str, Any]:
        of = given(ledger.months, field)
        rows: Filters = (
            {"coverage": OF_SUPPLIERS[field]} if field in OF_SUPPLIERS else {"without": field}
        )
        days = (
            Span(ledger.months[0].first, ledger.months[-1].last) if ledger.months else ledger.asked
        )
        return {
            "field": field,
            "given": of.state,
            **_lacking(of),
            "payments": self._rows(days, rows) if of.state == "sometimes" else None,
        }

    def _rule(self, rule: Rule, findings: Sequence[Finding], limit: int) -> dict[str, Any]:
        return {
            "rule": rule.name,
            "says": rule.says,
            "thresholds": dict(_threshold(*each) for each in rule.thresholds.items()),
            "why": rule.why,
            "found": len(findings),
            **_sum(add(*(finding.sum for finding in findings))),
            "findings": [self._finding(finding) for finding in findings[:limit]],
        }

    def _finding(self, finding: Finding) -> dict[str, Any]:
        span = Span(finding.since, finding.until)
        suppliers = [self._supplier(each, span) for each in finding.suppliers[:MOST_SUPPLIERS]]
        suppliers.sort(key=lambda shown: str(shown["supplier_id"]))
        withheld = any(supplier["withheld"] for supplier in suppliers)
        rows = finding.rows
        if rows is not None and "supplier" in rows and withheld:
            one = suppliers[0]["supplier_id"]
            rows = None if one is None else {**rows, "supplier": one}
        return {
            "from": finding.since,
            "to": finding.until,
            **_sum(finding.sum),
            "measure": finding.measure,
            "usual": finding.usual,
            "says": finding.says,
            "field": finding.field,
            "unit": finding.unit,
            "reference": None if withheld else finding.reference,
            "suppliers": suppliers,
            "payments": None if rows is None else self._rows(span, rows),
        }

    def _supplier(self, supplier: str, days: Span) -> dict[str, Any]:
        """A supplier; its name where it is an organisation's, or the caller an officer. Without,
        it is a payee of one buyer, and has no id where the ledger is that of several.
        """
        known = self._names[supplier]
        withheld = not self._officer and may_be_person(
            organisation=known["organisation"],
            organisation_name=known["organisation_name"],
            redacted=known["redacted"],
        )
        shown: str | None = supplier
        if withheld:
            shown = withheld_id(supplier, self._buyer) if self._alone else None
        return {
            "supplier_id": shown,
            "payee": None if withheld else known["payee"],
            "withheld": withheld,
            "organisation": None if withheld else known["organisation"],
            "organisation_name": None if withheld else known["organisation_name"],
            "payments": shown and self._rows(days, {"supplier": shown}),
        }

    def _rows(self, days: Span, filters: Filters) -> str:
        query = {"buyer": self._buyer, "from": days.since, "to": days.until, **filters}
        if self._with_predecessors:
            query["with_predecessors"] = "true"
        return f"/v1/payments?{urlencode(query, doseq=True)}"


def _periods(months: Sequence[Month], by_month: bool) -> Iterable[tuple[str, Sequence[Month]]]:
    if by_month:
        return [(f"{month.first:%Y-%m}", [month]) for month in months]
    return by_year(months).items()


def _period(label: str, months: Sequence[Month]) -> dict[str, Any]:
    return {
        "period": label,
        **_sum(add(*(month.sum for month in months))),
        "without": {field: _lacking(given(months, field)) for field in _EVERY_FIELD},
    }


def _lacking(of: Given) -> dict[str, Any]:
    return {
        **_sum(of.without),
        "share_of_lines": _share(of.without.lines, of.every.lines),
        "share_of_pounds": _share(of.without.gross_pence, of.every.gross_pence),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _sum(of: Sum) -> dict[str, Any]:
    return {
        "lines": of.lines,
        "amount": format_pounds(of.pence),
        "gross": format_pounds(of.gross_pence),
    }


def _threshold(name: str, value: float) -> tuple[str, float | str]:
    if "pence" in name:
        return name.replace("pence", "pounds"), format_pounds(int(value))
    return name, value
