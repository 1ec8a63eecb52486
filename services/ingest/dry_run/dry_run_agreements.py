"""What an import of a file of agreements would do, found without broker or database."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from datetime import time as midnight
from functools import reduce
from pathlib import Path

from services.ingest.agreement_files.edition import facts_of
from services.ingest.agreement_files.edition_day import edition_day
from services.ingest.agreement_files.entry import BuyerNamed, Entry
from services.ingest.agreement_files.find_agreements import AgreementSheet, describe_sheet
from services.ingest.agreement_files.import_agreements import buyers_named
from services.ingest.agreement_files.record_entries import EntryBatch, account_row
from services.ingest.agreement_files.row_entries import EntryRow
from services.ingest.agreement_files.whose import ALL, BuyersOfFile, plain_name
from services.ingest.agreements.agreement import Standing
from services.ingest.agreements.next_steps import next_steps
from services.ingest.buyers.buyer import Buyer, Buyers
from services.ingest.buyers.shipped import shipped_buyers
from services.ingest.dry_run.sheet_read import SheetRead, ToldRows
from services.ingest.imports.tally import Tally
from services.ingest.reading.opened_file import OpenedFile
from services.ingest.reading.sheet import NAMES
from shared.errors import Rejected
from shared.identity import identify

_TOLD_ROWS = 500
_KIND = "of the file"


def dry_run_agreements(
    path: Path,
    opened: OpenedFile,
    sheets: Sequence[AgreementSheet],
    buyer: str,
    today: date,
    told: ToldRows,
) -> list[SheetRead]:
    """Read every row as an import into an empty register would.

    Which buyers are known only the database tells: with `all`, every one that the file names is
    taken as if it were. Rejected: the file names several buyers, and not the wanted.
    """
    buyers: Buyers = {}
    whose = None
    if not any(sheet.waits for sheet in sheets):
        named = buyers_named(sheets)
        buyers = _known(buyer, named)
        whose = BuyersOfFile(buyer, buyers, named)
    reads = []
    batch = (
        None
        if whose is None
        else EntryBatch(*("", "", edition_day(opened.name, today), sheets, buyers, whose))
    )
    now = datetime.combine(today, midnight(), UTC)
    standings: dict[str, Standing] = {}
    for place, sheet in enumerate(sheets):
        started = time.perf_counter()
        described = describe_sheet(sheet)
        read = SheetRead(str(path), sheet.name, described["state"], described["reason"])
        read.shape, read.table, read.notes = sheet.shape, described, sheet.sheet.notes
        read.amount_basis = ""
        try:
            if batch is None:
                read.rows_read = sum(number > NAMES for number, _ in sheet.sheet.rows())
                read.waiting = read.rows_read
            else:
                _read_sheet(batch, place, read, standings, now, told)
                read.remarks = batch.remarks_of(sheet)
        except Rejected as error:
            read.error = error.reason
        read.seconds = time.perf_counter() - started
        reads.append(read)
    return reads


def _read_sheet(
    batch: EntryBatch,
    place: int,
    read: SheetRead,
    standings: dict[str, Standing],
    now: datetime,
    told: ToldRows,
) -> None:
    tally, bases = Tally(), set()
    count = 0
    for row in batch.sheets[place].rows():
        count += 1
        if count % _TOLD_ROWS == 0:
            told(_TOLD_ROWS)
        one = _read_row(batch, place, row, standings, now)
        tally += one
        if one.accepted.rows:
            entries = (each for each in row.read if isinstance(each, Entry))
            bases |= {each.basis for each in entries if each.basis}
    told(count % _TOLD_ROWS)
    read.rows_read, read.accepted = count, tally.accepted + tally.already_known
    read.rejected_by_reason = dict(tally.rejected_by_reason)
    read.skipped_by_kind = dict(tally.skipped_by_kind)
    read.first_date, read.last_date = tally.first_date, tally.last_date
    read.amount_basis = " and ".join(sorted(bases))


def _read_row(
    batch: EntryBatch, place: int, row: EntryRow, standings: dict[str, Standing], now: datetime
) -> Tally:
    meant, errors, left = batch.meet_all([(place, row)])
    error, new = errors.get(0), False
    for each in meant:
        standing = standings.get(each.agreement, Standing())
        day = each.entry.known_on or batch.edition
        try:
            said = facts_of(each.entry, each.buyer, standing, day, batch.buyers, now)
            steps = [step for fact in said for step in next_steps(standing, fact)]
            standings[each.agreement] = reduce(Standing.after, steps, standing)
        except Rejected as refused:
            error = error or refused.bare()
            continue
        new = new or bool(said)
    return account_row(row, error.reason if error else None, left.get(0), new=new)


def _known(wanted: str, named: Iterable[BuyerNamed]) -> Buyers:
    """The buyers that are shipped and the wanted; with `all`, those that the file names."""
    if wanted == ALL:
        return known_by_name(named)
    return {wanted: shipped_buyers().get(wanted, Buyer(wanted, wanted, _KIND))}


def known_by_name(named: Iterable[BuyerNamed]) -> Buyers:
    """Buyers by no more than the names in a file, each under an org-id that is made of its name."""
    return {
        org_id: Buyer(org_id, each.name, _KIND)
        for each in named
        for org_id in [f"GB-NAMED-{identify('buyer', plain_name(each.name))}"]
        if each.name
    }
