"""What a file changes of an earlier one, for programs and for people."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from shared.money import format_pounds

_SHOWN_AS = {"again": "new", "restated": "restored"}
_KINDS = ("new", "gone", "restored", "reworded")
_MOVES = {"before": -1, "after": 1, "gone": -1, "restored": 1, "restated": 1, "new": 1, "again": 1}
"""What becomes of lines, and whether they are taken from a month or added to it."""


def add_up(
    months: Iterable[tuple[str, int | None, str, int, int]],
    outside: Mapping[str, tuple[int, int]],
    rules: Sequence[str],
) -> dict[str, Any]:
    """Counts and pence as they are kept with the import, from those of each kind, rule and month.

    `outside` are rows and pence by month of lines that no earlier file has anything to do with.
    `months` has of each month what stood of the earlier file, and what stands then.
    """
    kinds = {kind: {"rows": 0, "pence": 0} for kind in (*_KINDS, "before", "after")}
    by_rule: dict[str, int] = {}
    by_month: dict[str, dict[str, dict[str, int]]] = {}
    every = [*months, *(("new", None, month, *counted) for month, counted in outside.items())]
    for what, rule, month, rows, pence in every:
        kind = _SHOWN_AS.get(what, what)
        if kind in kinds:
            _add(kinds[kind], rows, pence)
        if what == "after" and rule is not None:
            by_rule[rules[rule]] = by_rule.get(rules[rule], 0) + rows
        sides = by_month.setdefault(
            month, {side: {"rows": 0, "pence": 0} for side in ("before", "after")}
        )
        if what == "stands":
            _add(sides["before"], rows, pence)
        sign = 1 if what == "stands" else _MOVES.get(what, 0)
        _add(sides["after"], sign * rows, sign * pence)
    before, after = kinds.pop("before"), kinds.pop("after")
    return {
        "corrected": {
            "rows": before["rows"],
            "pence_before": before["pence"],
            "pence_after": after["pence"],
            "by_rule": by_rule,
        },
        **kinds,
        "months": dict(sorted(by_month.items())),
    }


def _add(count: dict[str, int], rows: int, pence: int) -> None:
    count["rows"] += rows
    count["pence"] += pence


def republication_as_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept with an import, pence as decimal strings of pounds."""
    corrected = kept["corrected"]
    return {
        "earlier_import": kept["earlier"],
        "earlier_file": kept["file"],
        "also": kept["also"],
        "verdict": kept["verdict"],
        "rule": kept["rule"],
        "unchanged": kept["unchanged"],
        "corrected": {
            "rows": corrected["rows"],
            "pounds_before": format_pounds(corrected["pence_before"]),
            "pounds_after": format_pounds(corrected["pence_after"]),
            "by_rule": corrected["by_rule"],
        },
        **{name: _counted(kept[name]) for name in _KINDS},
        "months": {
            month: {side: _counted(count) for side, count in sides.items()}
            for month, sides in kept["months"].items()
        },
    }


def _counted(count: Mapping[str, int]) -> dict[str, Any]:
    return {"rows": count["rows"], "pounds": format_pounds(count["pence"])}


def say_republication(kept: Mapping[str, Any]) -> list[str]:
    """The same in sentences, with what can be answered where it waits."""
    said = republication_as_json(kept)
    corrected, new, gone = said["corrected"], said["new"], said["gone"]
    files = ", ".join([said["earlier_file"] or "no earlier file", *said["also"]])
    found = (
        f"beside {files}: {said['rule']}; {said['unchanged']:,} lines unchanged, "
        f"{corrected['rows']:,} corrected ({_pounds(corrected['pounds_before'])} to "
        f"{_pounds(corrected['pounds_after'])}), {said['reworded']['rows']:,} described otherwise, "
        f"{new['rows']:,} new ({_pounds(new['pounds'])}), "
        f"{gone['rows']:,} no longer there ({_pounds(gone['pounds'])}), "
        f"{said['restored']['rows']:,} there again ({_pounds(said['restored']['pounds'])})"
    )
    lines = [
        found,
        *(
            f"  {month}: {sides['before']['rows']:,} lines of "
            f"{_pounds(sides['before']['pounds'])} before, "
            f"{sides['after']['rows']:,} of {_pounds(sides['after']['pounds'])} after"
            for month, sides in said["months"].items()
            if sides["before"] != sides["after"]
        ),
    ]
    if said["verdict"] == "ask":
        lines.append(
            f"waits: --replaces {said['earlier_import']} corrects and withdraws these lines, "
            "--adds takes what is new and leaves them as they are"
        )
    return lines


def _pounds(said: str) -> str:
    return f"£{Decimal(said):,.2f}".replace("£-", "-£")
