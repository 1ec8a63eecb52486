"""Sums of the spend as figures: pounds and lines, under each definition, and how much is known."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.api.asked.periods import quarter_label, year_label
from services.api.asked.question import Question
from services.api.queries.spend import Counted, PassedOn, Sums
from services.api.spend.coverage import CLASSES, coverage, share
from shared.money import format_pounds


def figures(sums: Sums, question: Question) -> dict[str, Any]:
    """The figures of one row."""
    whole = sums.pence
    first = sums.counted[0].pence if sums.counted else 0
    return {
        "lines": sums.lines,
        "amount": format_pounds(whole),
        "definitions": {
            definition: {
                "lines": lines,
                "amount": format_pounds(pence),
                "share": share(pence, whole),
                "difference": format_pounds(pence - first),
                "unsettled": {
                    "lines": unsettled_lines,
                    "amount": format_pounds(unsettled_pence),
                    "share": share(unsettled_pence, pence),
                },
            }
            for definition, (lines, pence, unsettled_lines, unsettled_pence) in zip(
                question.definitions, sums.counted, strict=True
            )
        },
        "coverage": cover(sums.gross, sums.class_lines, sums.passed_on),
    }


def cover(
    gross: Mapping[str, int], class_lines: Mapping[str, int], passed_on: PassedOn
) -> dict[str, Any]:
    """How much of a figure is known, and how much of it others pass on."""
    outside = {
        "lines": passed_on.lines,
        "gross_amount": format_pounds(passed_on.gross_pence),
        "share": share(passed_on.gross_pence, sum(gross.values())),
    }
    return {**coverage(gross, class_lines), "outside_reach": outside}


def grouped(sums: Sums, question: Question) -> dict[str, Any]:
    """The figures of one row under the values of its groups, in their order."""
    return {name: _label(name, value) for name, value in sums.group.items()} | figures(
        sums, question
    )


def _label(name: str, value: Any) -> Any:
    match name:
        case "financial_year":
            return year_label(value)
        case "quarter":
            return quarter_label(value)
        case "month":
            return f"{value:%Y-%m}"
        case _:
            return value


def add_up(rows: Sequence[Sums], definitions: Sequence[str]) -> Sums:
    """The sum of rows that share no payment."""
    return Sums(
        {},
        sum(row.lines for row in rows),
        sum(row.pence for row in rows),
        [
            Counted(*map(sum, zip(*(row.counted[number] for row in rows), strict=True)))
            for number in range(len(definitions))
        ],
        {name: sum(row.gross.get(name, 0) for row in rows) for name in CLASSES},
        {name: sum(row.class_lines.get(name, 0) for row in rows) for name in CLASSES},
        PassedOn(*map(sum, zip(*(row.passed_on for row in rows), strict=True))),
    )


def without_traits(sums: Sums, *, redacted: bool) -> Sums:
    """The sums of a payee of whom a caller is told nothing that matching or decisions say."""
    name = "redacted" if redacted else "unmatched"
    return sums._replace(
        counted=[Counted() for _ in sums.counted],
        gross={name: sum(sums.gross.values())},
        class_lines={name: sum(sums.class_lines.values())},
    )
