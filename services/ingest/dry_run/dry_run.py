"""What an import of a file would do, found without broker or database."""

import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from services.ingest.agreement_files.find_agreements import find_agreement_sheets
from services.ingest.agreement_files.whose import ALL
from services.ingest.buyers.body_names import names_of
from services.ingest.buyers.shipped import shipped_buyers, shipped_successions
from services.ingest.dry_run.dry_run_agreements import dry_run_agreements
from services.ingest.dry_run.sheet_read import SheetRead, ToldRows
from services.ingest.imports.bodies_of_file import (
    WHOSE,
    EntityCounts,
    Whose,
    decide_bodies,
    may_be_body,
)
from services.ingest.imports.file_rows import FileRows
from services.ingest.imports.occurrences import MOST, Occurrences
from services.ingest.imports.payment_rows import TOO_MANY_EQUAL, count_row
from services.ingest.imports.tally import Count
from services.ingest.keyed_ids import use_passing_key
from services.ingest.reading.limits import Limits
from services.ingest.reading.opened_file import open_file
from services.ingest.reading.sheet import NAMES
from services.ingest.shapes.row_reader import PaymentRow, Skipped
from services.ingest.shapes.sheets import describe_table, find_tables
from services.ingest.shapes.table import State, Table
from shared.errors import Rejected, Retryable

TOLD_ROWS = 20_000
UNFORESEEN = "unforeseen: "
"""What the error of a file begins with that is one of ours."""
_USUAL = Limits()
_MASK = (1 << 64) - 1
_BUCKETS = (1 << 16) - 1


def dry_run_file(
    path: Path,
    mapped: Mapping[str, str],
    today: date,
    told: ToldRows = lambda _: None,
    buyer: str = ALL,
    limits: Limits = _USUAL,
) -> list[SheetRead]:
    """Read a whole file as an import would; `told` hears of rows as they are read.

    What is wrong with the file is the `error` of its line.
    """
    use_passing_key()
    started = time.perf_counter()
    columns = {field: header for field, header in mapped.items() if field != WHOSE}
    names = names_of(buyer, shipped_buyers(), shipped_successions())
    try:
        with open_file(path, limits) as opened:
            if agreements := find_agreement_sheets(opened.sheets, lambda _: columns, path.name):
                return dry_run_agreements(path, opened, agreements, buyer, today, told)
            tables = find_tables(opened.sheets, path.name, today, lambda _: columns)
            tables, _ = decide_bodies(tables, Whose(names, answer=mapped.get(WHOSE, "")), today)
            reads = [
                _read_table(str(path), tables, place, today, told) for place in range(len(tables))
            ]
            reads += [
                SheetRead(str(path), each.member, State.SKIPPED.value, each.reason)
                for each in opened.unread
            ]
    except (Rejected, Retryable) as error:
        return [SheetRead(str(path), "", "error", error=str(error))]
    except Exception as error:  # noqa: BLE001 - one file that nobody foresaw stops no other
        return [SheetRead(str(path), "", "error", error=f"{UNFORESEEN}{error!r}")]
    if reads:
        reads[0].seconds += time.perf_counter() - started - sum(each.seconds for each in reads)
    return reads


def _read_table(
    path: str, tables: Sequence[Table], place: int, today: date, told: ToldRows
) -> SheetRead:
    started = time.perf_counter()
    table = tables[place]
    read = SheetRead(path, table.name, table.shape.state.value, table.shape.reason)
    read.notes = (*table.sheet.notes, *table.shape.notes)
    read.table = describe_table(table)
    try:
        if table.shape.state is not State.NEEDS_MAPPING:
            try:
                _read_payments(FileRows(tables, today), place, read, told)
            except _TooManyAlike:
                read.rejected_by_reason, read.skipped_by_kind = {}, {}
                rows = FileRows(tables, today)
                _read_payments(rows, place, read, lambda _: None, exactly=True)
        else:
            read.rows_read = sum(number > NAMES for number, _ in table.sheet.rows())
            read.waiting = read.rows_read
    except (Rejected, Retryable) as error:
        read.error = str(error)
    read.seconds = time.perf_counter() - started
    return read


class _TooManyAlike(Exception):
    pass


class _Equals:
    """Counts equal payments as an import does, by what names them: `MOST` can be told apart.

    Roughly at first, in a few buckets that hold more than any payment in them; where a bucket is
    full the file is read again and each payment counted.
    """

    def __init__(self, fields: Sequence[str], *, exactly: bool) -> None:
        self._said = [place for place, field in enumerate(fields) if field in {"reference", "unit"}]
        self._exact = Occurrences() if exactly else None
        self._rough = [0] * (_BUCKETS + 1)

    def meet(self, one: PaymentRow) -> bool:
        """Meet a payment; False where as many were met before as can be told apart."""
        said = one.said
        key = hash((one.day, one.payee, one.pence, *[said[place] for place in self._said]))
        if self._exact is not None:
            return self._exact.count(key & _MASK) <= MOST
        bucket = key & _BUCKETS
        self._rough[bucket] += 1
        if self._rough[bucket] > MOST:
            raise _TooManyAlike
        return True


def _read_payments(
    rows: FileRows, place: int, read: SheetRead, told: ToldRows, *, exactly: bool = False
) -> None:
    equals = _Equals(rows.fields(place), exactly=exactly)
    entities = EntityCounts(rows.table(place))
    first, last = date.max, date.min
    accepted = pence = count = 0
    read.pence_read = 0
    for row in rows.of_table(place):
        count += 1
        read.pence_read += row.pence
        entities.meet(row)
        if count % TOLD_ROWS == 0:
            told(TOLD_ROWS)
        one = row.read
        if isinstance(one, Skipped):
            _add(read.skipped_by_kind, one.kind, Count(1, one.pence))
            continue
        if isinstance(one, Rejected):
            _add(read.rejected_by_reason, one.reason, count_row(row))
            continue
        if not equals.meet(one):
            _add(read.rejected_by_reason, TOO_MANY_EQUAL, count_row(row))
            continue
        accepted += 1
        pence += one.pence
        first = min(first, one.day)
        last = max(last, one.day)
    told(count % TOLD_ROWS)
    read.rows_read, read.accepted = count, Count(accepted, pence)
    read.entities = {
        name: entities.by_value[folded]
        for folded, name in entities.names.items()
        if may_be_body(rows.table(place), name)
    }
    read.totals = rows.totals(place)
    read.rounded = rows.rounded(place)
    if accepted:
        read.first_date, read.last_date = first, last


def _add(counts: dict[str, Count], name: str, count: Count) -> None:
    counts[name] = counts.get(name, Count()) + count
