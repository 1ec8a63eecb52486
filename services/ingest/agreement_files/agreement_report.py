"""What an import says of a sheet of agreements, for people."""

from collections.abc import Iterator, Mapping
from typing import Any

_MOST_GONE = 10


def say_agreements(sheet: Mapping[str, Any]) -> Iterator[str]:
    """Lines on what was registered, what was left out, and what a newer edition has no longer."""
    if outcomes := sheet.get("agreements"):
        counts = ", ".join(f"{number:,} {outcome}" for outcome, number in outcomes.items())
        yield (
            f"taken for {sheet['shape']} as they stood on {sheet['edition']} (the day in the "
            f"name of the file; today where it names none, or one ahead); agreements: {counts}"
        )
    for remark, agreements in sheet.get("remarks", {}).items():
        yield say_remark(remark, agreements)
    if gone := sheet.get("gone"):
        only = sheet["gone_in_all"] == 1
        more = ", ..." if sheet["gone_in_all"] > _MOST_GONE else ""
        yield (
            f"{count_agreements(sheet['gone_in_all'])} of the list before "
            f"{'is in it no longer, and was' if only else 'are in it no longer, and were'} not "
            f"ended: {', '.join(gone[:_MOST_GONE])}{more}; say of each when it ended"
        )


def say_remark(remark: str, agreements: int) -> str:
    """What was remarked of some agreements of a list."""
    return f"{count_agreements(agreements)}: {remark}"


def count_agreements(number: int) -> str:
    """`1 agreement`, `1,204 agreements`."""
    return "1 agreement" if number == 1 else f"{number:,} agreements"
