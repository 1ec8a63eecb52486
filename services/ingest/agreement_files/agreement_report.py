"""What an import says of a sheet of agreements, for people."""

from collections.abc import Iterator, Mapping
from typing import Any

_MOST_GONE = 10


def say_agreements(sheet: Mapping[str, Any]) -> Iterator[str]:
    """Lines on what was registered, what was left out, and what a newer edition has no longer."""
    if outcomes := sheet.get("agreements"):
        counts = ", ".join(f"{number:,} {outcome}" for outcome, number in outcomes.items())
        yield f"taken for {sheet['shape']} of {sheet['edition']}: agreements {counts}"
    for remark, agreements in sheet.get("remarks", {}).items():
        yield f"{agreements:,}: {remark}"
    if gone := sheet.get("gone"):
        more = ", ..." if sheet["gone_in_all"] > _MOST_GONE else ""
        yield (
            f"{sheet['gone_in_all']:,} agreements of the list before are in it no longer, and were "
            f"not ended: {', '.join(gone[:_MOST_GONE])}{more}; say of each when it ended"
        )
