"""What became of an import's rows, as a table for people."""

from collections.abc import Iterator, Mapping

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from services.ingest.imports.tally import Count, Tally
from services.ingest.shapes.row_kinds import OF_ANOTHER


def tally_table(
    tally: Tally, waiting: int = 0, *, dry: bool = False, since: Mapping[str, Count] | None = None
) -> Table:
    """What became of rows, and their pounds; what is known already a `dry` run can't tell."""
    table = Table("", "rows", "pounds", box=None)
    for column in table.columns[1:]:
        column.justify = "right"

    def add(what: str | Padding, count: Count) -> None:
        table.add_row(what, f"{count.rows:,}", f"{count.pence / 100:,.2f}")

    add("accepted", tally.accepted)
    for what, count in () if dry else _known(tally):
        add(what, count)
    if tally.repeated.rows:
        add(f"repeated, and kept ({name_rows(tally.repeated)})", tally.repeated)
    add("rejected", tally.rejected)
    for reason, count in tally.rejected_by_reason.items():
        pounds = f"{count.pence / 100:,.2f}" if count.pence else "not read"
        table.add_row(_below(f"{reason} ({name_rows(count)})"), f"{count.rows:,}", pounds)
    for outcome, count in (since or {}).items():
        add(f"rejected, and {outcome} since", count)
    table.add_row("skipped", f"{tally.skipped.rows:,}", "")
    for kind, count in tally.skipped_by_kind.items():
        # The pounds of totals are those of the rows above them.
        pounds = f"{count.pence / 100:,.2f}" if kind == OF_ANOTHER else ""
        table.add_row(_below(kind), f"{count.rows:,}", pounds)
    if waiting:
        table.add_row("waiting", f"{waiting:,}", "")
    return table


def _known(tally: Tally) -> Iterator[tuple[str | Padding, Count]]:
    """The already known, those of them that changed what was known, and those that might have."""
    yield "already known", tally.already_known
    if tally.changed.rows:
        yield _below("by which an earlier file's payments were changed"), tally.changed
    for name, count in tally.reworded_by_field.items():
        yield _below(f"with another {name} than the ledger keeps"), count


def _below(what: str) -> Padding:
    """A part of the row above, every line of it further in, however narrow the table becomes."""
    return Padding(Text(what), (0, 0, 0, 2))


def name_rows(count: Count) -> str:
    """The first rows of a count, and how many follow: `row 3, 7, 12 and 5 more`."""
    more = count.rows - len(count.first)
    named = ", ".join(f"{number:,}" for number in count.first)
    return f"row {named}" + (f" and {more:,} more" if more else "")
