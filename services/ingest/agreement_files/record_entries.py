"""Record what a batch of rows says of agreements, and account for each row."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.agreement_files.edition import facts_of, id_of
from services.ingest.agreement_files.entry import Entry
from services.ingest.agreement_files.find_agreements import AgreementSheet
from services.ingest.agreement_files.row_entries import EntryRow
from services.ingest.agreement_files.whose import UNKNOWN, BuyersOfFile
from services.ingest.agreements.agreement import ENDED, REGISTERED, VARIED, Said, Standing
from services.ingest.agreements.next_steps import next_steps
from services.ingest.agreements.register_agreements import Registered, record_agreements
from services.ingest.arrivals.batch import Batch, storable
from services.ingest.buyers.buyer import Buyers
from services.ingest.imports.payment_rows import row_as_json
from services.ingest.imports.tally import Count, Tally
from services.ingest.queries.agreements import read_standings
from services.ingest.queries.listed_agreements import Listed, find_editions, list_agreements
from services.ingest.reading.sheet import Broken
from services.ingest.shapes.row_reader import Skipped
from shared.errors import Rejected
from shared.inbox import Reject

_MOST_REMARKS = 50
NO_REFERENCE = "no reference is given: one is made of title, provider and start"
TWICE = (
    "the reference stands in an earlier row too, with other terms: one reference is one agreement, "
    "give this one its own"
)
OLDER = "told by a newer edition already"
OVER = "had ended already: its buyer is asked once whether it is renewed, or ended"
_OUTCOMES = {REGISTERED: "registered", VARIED: "varied", ENDED: "ended"}


class Recorded(NamedTuple):
    """What a batch of rows came to."""

    tally: Tally
    registered: Registered


class _Meant(NamedTuple):
    """An entry of a row, by the row's place in the batch, and the buyer whose it is."""

    row: int
    entry: Entry
    buyer: str
    agreement: str
    shape: str


@dataclass
class EntryBatch:
    """What all batches of one import share; rows must be given in order."""

    import_id: str
    file_id: str
    edition: date
    sheets: Sequence[AgreementSheet]
    buyers: Buyers
    whose: BuyersOfFile
    _met: dict[str, Entry] = field(default_factory=dict)
    _remarks: dict[int, Counter[str]] = field(default_factory=dict)

    def pass_over(self, rows: Sequence[tuple[int, EntryRow]]) -> None:
        """Meet rows that were recorded before, for what later rows are compared with."""
        for place, row in rows:
            if not isinstance(row.read, Skipped):
                for entry in row.read:
                    with suppress(Rejected):  # it was rejected before, and is kept
                        self._meet(place, entry)

    def remarks_of(self, sheet: AgreementSheet) -> dict[str, int]:
        """What was left out of a sheet's agreements, and of how many."""
        place = next(place for place, each in enumerate(self.sheets) if each is sheet)
        return dict(self._remarks.get(place, Counter()).most_common(_MOST_REMARKS))

    def remark(self, place: int, remark: str) -> None:
        """Count a remark on an agreement of a sheet."""
        self._remarks.setdefault(place, Counter())[remark] += 1

    def _meet(self, place: int, entry: Entry | Rejected) -> _Meant | str:
        """Whose an entry is, or the kind under which it is left. Rejected: it can't be used."""
        if isinstance(entry, Rejected):
            raise entry.bare()
        org_id, kind = self.whose.of(entry.buyer)
        if org_id is None:
            if kind == UNKNOWN:
                self.whose.count_unknown(entry.buyer)
            return kind
        agreement = id_of(entry, org_id)
        sheet = self.sheets[place]
        first = entry if sheet.table is None else self._met.setdefault(agreement, entry)
        if first.said != entry.said:
            raise Rejected(TWICE, "reference")
        remarks = self._remarks.setdefault(place, Counter())
        remarks.update(entry.remarks)
        if not entry.keyed:
            remarks[NO_REFERENCE] += 1
        return _Meant(0, entry, org_id, agreement, sheet.shape)

    def meet_all(
        self, rows: Sequence[tuple[int, EntryRow]]
    ) -> tuple[list[_Meant], dict[int, Rejected], dict[int, str]]:
        """The entries to record, the first error of each row that has one, and what was left."""
        meant: list[_Meant] = []
        errors: dict[int, Rejected] = {}
        left: dict[int, str] = {}
        for index, (place, row) in enumerate(rows):
            if isinstance(row.read, Skipped):
                continue
            for entry in row.read:
                try:
                    met = self._meet(place, entry)
                except Rejected as error:
                    errors.setdefault(index, error.bare())
                    continue
                if isinstance(met, str):
                    left[index] = met
                else:
                    meant.append(met._replace(row=index))
        return meant, errors, left


def _is_over(entry: Entry, said: Sequence[Said], today: date) -> bool:
    """Whether it is registered after its last day, and the record does not say that it ended."""
    end = entry.said.get("end")
    registered = any(one.type == REGISTERED for one in said)
    return registered and entry.ended_on is None and end is not None and end < today.isoformat()


async def record_entries(
    tx: AsyncConnection, batch: EntryBatch, rows: Sequence[tuple[int, EntryRow]], now: datetime
) -> Recorded:
    """Record a batch of rows in the caller's transaction.

    A row is rejected where any agreement of it is; its others are recorded all the same.
    """
    meant, errors, left = batch.meet_all(rows)
    standings = await read_standings(tx, [each.agreement for each in meant])
    editions = await find_editions(tx, [each.agreement for each in meant])
    facts: list[Said] = []
    places: list[int] = []
    listed: list[Listed] = []
    for each in meant:
        standing = standings.get(each.agreement, Standing())
        day = each.entry.known_on or batch.edition
        if (newest := editions.get(each.agreement)) is not None and day < newest:
            batch.remark(rows[each.row][0], OLDER)
            continue
        try:
            said = facts_of(each.entry, each.buyer, standing, day, batch.buyers, now)
            standing = reduce(_after, said, standing)
        except Rejected as error:
            errors.setdefault(each.row, error.bare())
            continue
        standings[each.agreement], editions[each.agreement] = standing, day
        if _is_over(each.entry, said, now.date()):
            batch.remark(rows[each.row][0], OVER)
        facts += said
        places += [each.row] * len(said)
        outcome = _OUTCOMES[said[0].type] if said else "known"
        listed.append(
            Listed(
                *(each.agreement, each.buyer, each.entry.said["reference"], each.shape, day),
                *(batch.import_id, outcome),
            )
        )

    def refuse(index: int, error: Rejected) -> Reject:
        return _refuse(batch, *rows[index], storable(error))

    rejects = [refuse(index, error) for index, error in errors.items()]
    registered = await record_agreements(
        tx, Batch(facts, rejects, lambda position, error: refuse(places[position], error)), now
    )
    await list_agreements(tx, listed)
    accepted = {said.event_id for said in registered.accepted}
    used = {place for place, said in zip(places, facts, strict=True) if said.event_id in accepted}
    return Recorded(_tally(batch, rows, registered, used, left), registered)


def _after(standing: Standing, said: Said) -> Standing:
    return reduce(Standing.after, next_steps(standing, said), standing)


def _refuse(batch: EntryBatch, place: int, row: EntryRow, error: Rejected) -> Reject:
    table, cells = batch.sheets[place].table, row.row
    if isinstance(cells, Broken):
        content = cells.text.encode(errors="backslashreplace")
    elif table is None:
        content = str(cells[0]).encode()
    else:
        content = row_as_json(cells, table.names)
    return Reject(
        entry_origin(batch.file_id, place, row),
        error.reason,
        error.field,
        content,
        _buyer_of(batch, row),
    )


def _buyer_of(batch: EntryBatch, row: EntryRow) -> str | None:
    """The buyer whose officers find the reject, as far as any entry of the row tells."""
    named = [each.buyer for each in row.read if isinstance(each, Entry)]
    return batch.whose.of(named[0]).org_id if named else batch.whose.single


def entry_origin(file_id: str, place: int, row: EntryRow) -> str:
    """What names a row of a sheet among all that is ever rejected."""
    return f"file:{file_id}/{f'{place}/' if place else ''}{row.number}"


def _tally(
    batch: EntryBatch,
    rows: Sequence[tuple[int, EntryRow]],
    registered: Registered,
    used: set[int],
    left: dict[int, str],
) -> Tally:
    refused = {reject.origin: reject.reason for reject in registered.rejects}
    tally = Tally()
    for index, (place, row) in enumerate(rows):
        reason = refused.get(entry_origin(batch.file_id, place, row))
        tally += account_row(row, reason, left.get(index), new=index in used)
    return tally


def account_row(row: EntryRow, reason: str | None, left: str | None, *, new: bool) -> Tally:
    """The tally of one row: its pence are those that it states, its dates from start to end."""
    if isinstance(row.read, Skipped):
        return Tally(skipped_by_kind={row.read.kind: Count(1)})
    entries = [each for each in row.read if isinstance(each, Entry)]
    count = Count(1, sum(each.stated_pence for each in entries), (row.number,))
    if reason is not None:
        return Tally(rejected_by_reason={reason: count})
    if left is not None:
        return Tally(skipped_by_kind={left: count})
    days = [
        date.fromisoformat(each.said[name])
        for each in entries
        for name in ("start", "end")
        if name in each.said
    ]
    whole = Count(count.rows, count.pence)
    return Tally(
        whole if new else Count(),
        Count() if new else whole,
        first_date=min(days, default=None),
        last_date=max(days, default=None),
    )
