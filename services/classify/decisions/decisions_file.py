"""Decisions as a CSV file: what a spreadsheet shows it never runs, and it reads back unchanged."""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TextIO, get_args
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from services.classify.decisions.decision import Decision, DecisionKind, check_settled
from shared.envelope import explain
from shared.errors import Rejected
from shared.fields import Line, OrgId, Paragraph
from shared.spreadsheet_cell import bare, guarded

COLUMNS = (
    *("supplier_id", "payee", "decision", "organisations", "name", "legal_form", "why", "who"),
    *("decided_at", "name_key", "form"),
)
WITHHELD = "withheld"
"""Stands where a payee or a reason may tell a person's name."""

_MAY_BE_PERSON = {"person", "not-vcse", "revoked"}
_LARGEST_CELL = 2**31 - 1
# Clocks of two machines differ.
_AHEAD = timedelta(minutes=5)
_ORG_ID, _LINE, _PARAGRAPH = TypeAdapter(OrgId), TypeAdapter(Line), TypeAdapter(Paragraph)


class DecisionRow(NamedTuple):
    """A row of a file: its line, and the decision, or what is wrong with it."""

    number: int
    decision: Decision | None
    fault: str | None = None


def write_decisions(
    target: TextIO, decisions: Sequence[tuple[Decision, str | None]], *, personal: bool
) -> int:
    """Write a history, oldest first; unless `personal`, nothing that may tell a person's name.

    What is no decision for an organisation may be about a person. Where it is the last on its
    supplier, the organisations that were decided before tell the name too: those rows, which are
    in force no more, are left out. Returns how many. The key of a person's name is not written
    either, for who guesses the name can make the key.
    """
    last = {decision.supplier_id: decision.kind for decision, _ in decisions}
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    left_out = 0
    for decision, payee in decisions:
        withheld = not personal and decision.kind in _MAY_BE_PERSON
        if not personal and not withheld and last[decision.supplier_id] in _MAY_BE_PERSON:
            left_out += 1
            continue
        cells = (
            decision.supplier_id,
            WITHHELD if withheld else payee or "",
            decision.kind,
            ";".join(decision.organisations),
            WITHHELD if withheld and decision.name else decision.name or "",
            decision.legal_form or "",
            WITHHELD if withheld else decision.why,
            decision.who,
            decision.decided_at.astimezone(UTC).isoformat(),
            "" if withheld else decision.name_key or "",
            decision.form or "",
        )
        writer.writerow([guarded(cell) for cell in cells])
    return left_out


def read_decisions(source: TextIO, now: datetime) -> Iterator[DecisionRow]:
    """The decisions of a file, row by row. Rejected where a column is missing.

    A moment after `now` is none of a decision.
    """
    # The longest cell that can be read: one that is too long for its field is told by its field.
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.DictReader(source)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise Rejected(
            f"columns are missing: {', '.join(missing)}; there are: "
            f"{', '.join(reader.fieldnames or ()) or 'none'}",
            missing[0],
            1,
        )
    for row in reader:
        try:
            cells = {n: bare(row[n] or "") for n in COLUMNS}
            yield DecisionRow(reader.line_num, _decision(cells, now))
        except Rejected as error:
            field = f"`{error.field}`: " if error.field else ""
            yield DecisionRow(reader.line_num, None, f"can't be used: {field}{error.reason}")


def _decision(row: dict[str, str], now: datetime) -> Decision:
    kind = row["decision"]
    if kind not in get_args(DecisionKind):
        raise Rejected(f"{kind[:40]!r} is none of {', '.join(get_args(DecisionKind))}", "decision")
    decision = Decision(
        _uuid(row, "supplier_id"),
        _uuid(row, "name_key") if row["name_key"] else None,
        _text(_LINE, row, "form") if row["form"] else None,
        kind,  # type: ignore[arg-type] # it is one of them
        tuple(_org_id(each) for each in row["organisations"].split(";") if each),
        _text(_LINE, row, "name") if row["name"] else None,
        row["legal_form"] or None,
        _text(_PARAGRAPH, row, "why"),
        _text(_LINE, row, "who"),
        _moment(row["decided_at"], now),
    )
    check_settled(decision)
    return decision


def _uuid(row: dict[str, str], column: str) -> str:
    try:
        return str(UUID(row[column]))
    except ValueError as error:
        raise Rejected("is not a UUID", column) from error


def _org_id(text: str) -> str:
    try:
        return _ORG_ID.validate_python(text)
    except ValidationError as error:
        raise Rejected(f"{text[:40]!r} is not an org-id", "organisations") from error


def _text(kind: TypeAdapter[str], row: dict[str, str], column: str) -> str:
    try:
        return kind.validate_python(row[column])
    except ValidationError as error:
        raise Rejected(explain(error).reason, column) from error


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Rejected("is not a moment such as 2026-04-01T09:00:00+00:00", "decided_at") from error
    if moment.tzinfo is None:
        raise Rejected("needs a time zone, such as +00:00", "decided_at")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as error:
        raise Rejected("is beyond the calendar in UTC", "decided_at") from error
    if moment > now + _AHEAD:
        raise Rejected("lies ahead: nothing later would be in force", "decided_at")
    return moment
