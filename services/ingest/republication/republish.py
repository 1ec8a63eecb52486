"""A file that states an earlier one anew: what it would change, found before a row is recorded."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.imports.tally import Count, count_payments
from services.ingest.payments.correct_payment import record_corrections
from services.ingest.payments.correction import REPUBLICATION, Cause, Revision, plain_reason
from services.ingest.payments.payment import SAID, Payment
from services.ingest.queries.imports import FINISHED
from services.ingest.queries.republications import Stated, stated_by
from services.ingest.queries.revisions import lock_payments, read_revisions
from services.ingest.republication.republication import (
    Change,
    Plan,
    Span,
    Verdict,
    compare,
    is_within_days,
    judge,
)
from shared.errors import Conflict, Rejected
from shared.identity import supplier_id

MOST_LINES = 1_000_000
"""Of earlier files that one is compared with: each takes 640 bytes, one that differs 2 to 4 kB."""

Payments = Callable[[], Iterator[Payment]]
"""Reads the payments of a file from its beginning, those that can be read."""


@dataclass(frozen=True)
class Republication:
    """What a file changes of the earlier import of `earlier`, and whether it is to.

    `standing` are the earlier file's payments that are corrected, gone or `restored` (withdrawn
    before, and stated again), as they stood when this was found.
    """

    earlier: Row[Any]
    verdict: Verdict
    rule: str
    plan: Plan
    standing: dict[str, Revision]
    restored: Sequence[str]

    def summary(self) -> dict[str, Any]:
        """Counts and pence as they are kept with the import."""
        before = count_payments([change.before for change in self.plan.changes])
        after = count_payments([change.after for change in self.plan.changes])
        rules: dict[str, int] = {}
        for change in self.plan.changes:
            rules[change.rule] = rules.get(change.rule, 0) + 1
        restored = count_payments([self.standing[each].payment for each in self.restored])
        return {
            "earlier": str(self.earlier.import_id),
            "file": self.earlier.name,
            "verdict": self.verdict,
            "rule": self.rule,
            "unchanged": self.plan.unchanged,
            "corrected": {
                "rows": before.rows,
                "pence_before": before.pence,
                "pence_after": after.pence,
                "by_rule": rules,
            },
            "new": _counted(count_payments(self.plan.new)),
            "gone": _counted(count_payments(self.plan.gone)),
            "restored": _counted(restored),
        }


def _counted(count: Count) -> dict[str, int]:
    return {"rows": count.rows, "pence": count.pence}


async def find_republication(
    connection: AsyncConnection,
    begun: Sequence[Row[Any]],
    file_id: str,
    payments: Payments,
    replaces: str | None,
) -> Republication | None:
    """What a file does to the one of the buyer's imports that it has most lines of, or `replaces`.

    One that it may replace goes before one that it only adds to, however many lines they share.
    None where the buyer has no earlier file of these days. Rejected: there is no finished import
    that it could replace by that name, or the earlier ones are too long. Conflict: an
    import of another file of these months is not finished, so that nobody knows yet what it states.
    """
    unfinished = [row for row in begun if row.state != FINISHED and str(row.file_id) != file_id]
    for row in unfinished:
        if row.first_date is None:
            raise _not_finished(row)
    imports = [row for row in begun if row.state == FINISHED and row.first_date is not None]
    others = {str(row.file_id): row for row in reversed(imports) if str(row.file_id) != file_id}
    chosen = _chosen(imports, file_id, replaces)
    span = _span(payments()) if others or unfinished else None
    if span is None:
        return None
    for row in unfinished:
        if _share_a_month(Span(row.first_date, row.last_date), span):
            raise _not_finished(row)
    replaced = {row.replaces for row in imports if row.replaces is not None}
    of_replaced = {row.file_id for row in imports if row.import_id in replaced}
    overlapping = [
        row
        for row in others.values()
        if row.first_date <= span.last
        and row.last_date >= span.first
        and row.file_id not in of_replaced
    ]
    candidates = overlapping if chosen is None else [chosen]
    if not candidates:
        return None
    lineages = {row.import_id: _lineage(row, imports) for row in candidates}
    sources = {each for files in lineages.values() for each in files} | {file_id}
    _check_size(row for row in imports if str(row.file_id) in sources)
    stated = await stated_by(connection, candidates[0].buyer, sources)
    named = {each.row_id: each for each in stated}
    met: set[str] = set()
    after: list[Payment] = []
    since = min(row.first_date for row in candidates)
    until = max(row.last_date for row in candidates)
    for payment in payments():
        if payment.payment_id in named:
            met.add(payment.payment_id)
        elif since <= payment.payment_date <= until:  # others change nothing earlier
            after.append(payment)
    found = [
        await _compared(connection, row, lineages[row.import_id], stated, met, after, span, chosen)
        for row in candidates
    ]
    return max(found, key=lambda each: (each.verdict != "adds", each.plan.matched()))


def _check_size(imports: Iterable[Row[Any]]) -> None:
    lines = sum(row.accepted for row in imports)
    if lines > MOST_LINES:
        raise Rejected(
            f"the earlier files of these days hold {lines:,} payments, more than the "
            f"{MOST_LINES:,} that a file is compared with: say that it only adds (--adds), "
            "and correct single payments",
            "replaces",
        )


def _not_finished(row: Row[Any]) -> Conflict:
    return Conflict(
        f"the import of {row.name} is not finished: finish it first or abandon it, since this file "
        "may state it anew"
    )


def _share_a_month(one: Span, other: Span) -> bool:
    """By month: the rows that are left of an unfinished file may be of any day of it."""
    return one.first.replace(day=1) <= other.last and other.first.replace(day=1) <= one.last


def _chosen(imports: Sequence[Row[Any]], file_id: str, replaces: str | None) -> Row[Any] | None:
    if replaces is None:
        return None
    for row in imports:
        if str(row.import_id) == replaces and str(row.file_id) != file_id:
            return row
    raise Rejected(
        f"the buyer has no finished import {replaces} of another file to replace", "replaces"
    )


def _span(payments: Iterable[Payment]) -> Span | None:
    days = {payment.payment_date for payment in payments}
    return Span(min(days), max(days)) if days else None


def _lineage(row: Row[Any], imports: Sequence[Row[Any]]) -> set[str]:
    """The file of an import, and those that it replaced one after the other."""
    by_id = {each.import_id: each for each in imports}
    files: set[str] = set()
    following: Row[Any] | None = row
    while following is not None and str(following.file_id) not in files:
        files.add(str(following.file_id))
        of_file = [each for each in imports if each.file_id == following.file_id]
        replaced: set[UUID] = {each.replaces for each in of_file if each.replaces is not None}
        following = next((by_id[each] for each in replaced if each in by_id), None)
    return files


async def _compared(
    connection: AsyncConnection,
    earlier: Row[Any],
    lineage: set[str],
    stated: Iterable[Stated],
    met: set[str],
    after: Sequence[Payment],
    span: Span,
    chosen: Row[Any] | None,
) -> Republication:
    sources = {f"/files/{each}" for each in lineage}
    own = [each for each in stated if each.source in sources]
    unchanged = [each for each in own if each.row_id in met and not each.withdrawn]
    again = [each.payment_id for each in own if each.row_id in met and each.withdrawn]
    missing = [each.payment_id for each in own if each.row_id not in met and not each.withdrawn]
    revisions = await read_revisions(connection, [*missing, *again])
    standing = {name: every[-1] for name, every in revisions.items()}
    # What an officer withdrew stays so, however often a file states it.
    restored = [name for name in again if standing[name].cause.why == REPUBLICATION]
    of_earlier = Span(earlier.first_date, earlier.last_date)
    # The same lines whether it is asked or said: what a person was shown is what is done.
    before, shared = (
        [each for each in every if is_within_days(each.payment_date, of_earlier, span)]
        for every in ([standing[name].payment for name in missing], after)
    )
    plan = compare(before, shared, len(unchanged))
    verdict, rule = judge(of_earlier, span, plan)
    if restored and verdict == "adds":
        verdict, rule = "ask", "states lines again that are withdrawn"
    if chosen is not None:
        verdict, rule = "replaces", "said by a person"
    return Republication(earlier, verdict, rule, plan, standing, restored)


async def apply_republication(
    tx: AsyncConnection, found: Republication, name: str, import_id: str, now: datetime
) -> None:
    """Correct what the earlier file stated otherwise, withdraw what is gone, in one transaction.

    Conflict: somebody corrected one of these payments since this was found.
    """
    reason = plain_reason(f"{name} replaces {found.earlier.name} ({found.rule})")
    cause = Cause(REPUBLICATION, reason, import_id=import_id)
    follow = {
        **{change.before.payment_id: _stated(change, cause) for change in found.plan.changes},
        **{payment.payment_id: _withdrawn(cause) for payment in found.plan.gone},
        **{payment_id: _restored(cause) for payment_id in found.restored},
    }
    await lock_payments(tx, list(follow))
    revisions = await read_revisions(tx, list(follow))
    corrections = []
    for payment_id, following in follow.items():
        before = revisions[payment_id][-1]
        if before.number != found.standing[payment_id].number:
            raise Conflict("a payment of the earlier file was corrected meanwhile: send it again")
        after = following(before)
        payment = after.payment._replace(recorded_at=now)
        corrections.append((before, after._replace(payment=payment, number=before.number + 1)))
    if corrections:
        await record_corrections(tx, corrections, now)


Follow = Callable[[Revision], Revision]


def _stated(change: Change, cause: Cause) -> Follow:
    """As the later file states it; what it says nothing of stays."""
    after = change.after
    said = {name: getattr(after, name) for name in SAID if getattr(after, name) is not None}

    def follow(before: Revision) -> Revision:
        payment = before.payment._replace(**said)
        named = supplier_id(payment.payee, payment.charity_number, payment.company_number)
        payment = payment._replace(supplier_id=named)
        return Revision(payment, 0, withdrawn=False, cause=cause, row_id=after.payment_id)

    return follow


def _withdrawn(cause: Cause) -> Follow:
    return lambda before: before._replace(withdrawn=True, cause=cause, row_id=None)


def _restored(cause: Cause) -> Follow:
    return lambda before: before._replace(withdrawn=False, cause=cause, row_id=None)
