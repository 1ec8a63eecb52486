"""What is answered of a buyer's quality."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from services.api.routes.door import Answer
from services.api.routes.figures import AMOUNT
from services.api.routes.predecessors import PREDECESSOR_EXAMPLE, PredecessorAnswer

Share = float | None


class SumAnswer(Answer):
    """Lines and their pounds."""

    lines: int
    amount: str = Field(pattern=AMOUNT, description="Net pounds: credits are taken off")
    gross: str = Field(pattern=AMOUNT, description="Gross pounds: credits count as positive")


class Lacking(SumAnswer):
    """The lines that lack a field."""

    share_of_lines: Share = Field(description="From 0 to 1; null where there are no lines")
    share_of_pounds: Share = Field(description="Of gross pounds")


class FieldAnswer(Lacking):
    """A field, how far it is given, and the lines that lack it."""

    field: str = Field(
        description="A field of payments; payee lacks what the ledger redacts, organisation what "
        "is not surely matched with one"
    )
    given: Literal["never", "sometimes", "always", "none"] = Field(
        description="never: the buyer's source does not have it, which is no fault of a line; "
        "none: there are no lines"
    )
    payments: str | None = Field(
        description="Where the lines that lack it are listed; null where none does, or all do"
    )


class PeriodAnswer(SumAnswer):
    """A financial year or month, and the lines of it that lack each field."""

    period: str = Field(description="As 2024-25, or as 2024-04 by month")
    without: dict[str, Lacking]


class FindingSupplierAnswer(Answer):
    """A supplier of a finding."""

    supplier_id: UUID | None = Field(
        description="null where the name is withheld and the ledger is that of several buyers"
    )
    payee: str | None = Field(description="As the ledger prints it; null where withheld")
    withheld: bool = Field(description="The payee may be a person: its name is withheld")
    organisation: str | None
    organisation_name: str | None
    payments: str | None = Field(
        description="Where its payments of these days are listed; null where the id is"
    )


class FindingAnswer(SumAnswer):
    """Something to look at."""

    since: date = Field(alias="from")
    until: date = Field(alias="to")
    measure: float = Field(description="What the rule holds against its thresholds")
    usual: float | None = Field(description="The same as it usually is for this buyer")
    says: str
    field: str | None
    unit: str | None
    reference: str | None = Field(description="null where none, or withheld")
    suppliers: list[FindingSupplierAnswer] = Field(description="The first ten")
    payments: str | None = Field(
        description="Where the rows are listed; null: there are none, or each supplier has its own"
    )


class RuleAnswer(SumAnswer):
    """A rule, and what it found: the pounds and lines are of all findings together."""

    rule: str
    says: str
    thresholds: dict[str, float | str] = Field(description="Pounds as text")
    why: str = Field(description="Why these thresholds")
    found: int = Field(description="How many findings there are, shown or not")
    findings: list[FindingAnswer] = Field(description="Those of the most gross pounds first")


class QualityAnswer(SumAnswer):
    """The quality report of a buyer."""

    buyer: str
    as_of: date = Field(description="The day on which it is asked what is overdue")
    since: date | None = Field(alias="from")
    until: date | None = Field(alias="to")
    first_payment: date | None = Field(description="In whatever month")
    last_payment: date | None = Field(description="Until `as_of`")
    publication: str | None = Field(description="When it must publish, and by what; null: unknown")
    predecessors: list[PredecessorAnswer]
    completeness: list[FieldAnswer]
    periods: list[PeriodAnswer]
    rules: list[RuleAnswer]


_SUM: dict[str, Any] = {"lines": 412, "amount": "1201440.10", "gross": "1201440.10"}
_LACKING = _SUM | {"share_of_lines": 0.021, "share_of_pounds": 0.018}
_ROWS = "/v1/payments?buyer=GB-NHS-QWO&from=2024-04-01&to=2025-03-31&without=unit"
EXAMPLE: dict[str, Any] = {
    "buyer": "GB-NHS-QWO",
    "as_of": "2025-05-15",
    "from": "2024-04-01",
    "to": "2025-03-31",
    "first_payment": "2022-07-01",
    "last_payment": "2025-03-31",
    "publication": "HM Treasury, spend over 25,000 (2013): monthly, taken as within a month",
    "lines": 19619,
    "amount": "66746672.22",
    "gross": "68010400.00",
    "predecessors": [PREDECESSOR_EXAMPLE],
    "completeness": [_LACKING | {"field": "unit", "given": "sometimes", "payments": _ROWS}],
    "periods": [
        {
            "period": "2024-25",
            "lines": 19619,
            "amount": "66746672.22",
            "gross": "68010400.00",
            "without": {"unit": _LACKING},
        }
    ],
    "rules": [
        _SUM
        | {
            "rule": "field-missing",
            "says": "payments lack a field that the buyer's source mostly gives",
            "thresholds": {"given_share": 0.5},
            "why": "a field given in half of the lines is one that the ledger has",
            "found": 1,
            "findings": [
                _SUM
                | {
                    "from": "2024-04-01",
                    "to": "2025-03-31",
                    "measure": 0.021,
                    "usual": None,
                    "says": "412 of 19,619 lines have no unit",
                    "field": "unit",
                    "unit": None,
                    "reference": None,
                    "suppliers": [],
                    "payments": _ROWS,
                }
            ],
        }
    ],
}
