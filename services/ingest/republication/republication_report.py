"""What a file changes of an earlier one, for programs and for people."""

from collections.abc import Mapping
from typing import Any

from shared.money import format_pounds


def republication_as_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept with an import, pence as decimal strings of pounds."""
    corrected = kept["corrected"]
    return {
        "earlier_import": kept["earlier"],
        "earlier_file": kept["file"],
        "verdict": kept["verdict"],
        "rule": kept["rule"],
        "unchanged": kept["unchanged"],
        "corrected": {
            "rows": corrected["rows"],
            "pounds_before": format_pounds(corrected["pence_before"]),
            "pounds_after": format_pounds(corrected["pence_after"]),
            "by_rule": corrected["by_rule"],
        },
        **{
            name: {"rows": kept[name]["rows"], "pounds": format_pounds(kept[name]["pence"])}
            for name in ("new", "gone", "restored")
        },
    }


def say_republication(kept: Mapping[str, Any]) -> list[str]:
    """The same in sentences, with what can be answered where it waits."""
    said = republication_as_json(kept)
    corrected, new, gone = said["corrected"], said["new"], said["gone"]
    found = (
        f"beside {said['earlier_file']}: {said['rule']}; {said['unchanged']:,} lines unchanged, "
        f"{corrected['rows']:,} corrected (£{corrected['pounds_before']} to "
        f"£{corrected['pounds_after']}), {new['rows']:,} new (£{new['pounds']}), "
        f"{gone['rows']:,} no longer there (£{gone['pounds']})"
    )
    if said["verdict"] != "ask":
        return [found]
    answers = (
        f"waits: --replaces {said['earlier_import']} corrects and withdraws these lines, "
        "--adds takes what is new and leaves them as they are"
    )
    return [found, answers]
