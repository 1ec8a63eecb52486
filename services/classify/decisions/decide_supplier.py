"""Record what a person decided about a supplier, and restate every payee of its name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.decisions.decision import Decision, Settled, check_settled, name_key_of
from services.classify.matching.known import Known
from services.classify.matching.names import ComparableName, comparable
from services.classify.matching.numberless import printed_without_number
from services.classify.matching.published_identifier import identified
from services.classify.queries.decisions import insert_decisions, list_decisions
from services.classify.queries.registers import look_up
from services.classify.queries.suppliers import (
    KnownSupplier,
    await_classifying,
    find_supplier,
    lock_named,
)
from services.classify.restate_suppliers import Change, restate_suppliers
from shared.database import begin, driver
from shared.errors import Conflict, NotKnown, Rejected

_MOMENT = timedelta(microseconds=1)


class Effect(NamedTuple):
    """A decision, and what it changes of the payees of the name."""

    decision: Decision
    changes: list[Change]


async def decide_supplier(
    engine: AsyncEngine,
    basis: Basis,
    supplier_id: str,
    expected: int,
    settled: Settled,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Effect:
    """Decide about the supplier as it stood at revision `expected`, and announce what follows.

    All who classify wait, so that a payee of the name seen at this moment is not missed. Raises
    NotKnown for the supplier, Conflict where its revision is another or there is nothing to revoke,
    Rejected where the decision can't be: an organisation in no register, a payee that is withheld.
    With `dry_run` all of it is done and then taken back.
    """
    check_settled(settled)
    async with begin(engine, keep=not dry_run) as tx:
        connection = await driver(tx)
        await await_classifying(connection)
        name = await _name_of(connection, supplier_id)
        key = name_key_of(name.words)
        page = await lock_named(connection, [supplier_id], [key] if key else [])
        _check_standing(page, supplier_id, expected)
        history = await list_decisions(connection, supplier_id)
        last = history[-1] if history else None
        if settled.kind == "revoked" and (last is None or last.kind == "revoked"):
            raise Conflict("no decision on this supplier itself is in force")
        decision = Decision(
            *(supplier_id, key, name.form, settled.kind, settled.organisations),
            *(await _called(connection, settled), settled.legal_form, settled.why, settled.who),
            max(now, last.decided_at + _MOMENT) if last else now,
        )
        await insert_decisions(connection, [decision])
        changes = await restate_suppliers(tx, page, basis, now, always={supplier_id})
    return Effect(decision, changes)


async def _name_of(connection: Any, supplier_id: str) -> ComparableName:
    found = await find_supplier(connection, supplier_id)
    if found is None:
        raise NotKnown(f"no supplier {supplier_id} was seen in a payment or an agreement")
    return comparable(found["payee"])


def _check_standing(page: Sequence[KnownSupplier], supplier_id: str, expected: int) -> None:
    supplier = next((each for each in page if each.supplier.supplier_id == supplier_id), None)
    if supplier is None:
        raise Conflict("the suppliers are being rebuilt at this moment; try again")
    if supplier.revision != expected:
        raise Conflict(
            f"the supplier stands at revision {supplier.revision}, not {expected}: somebody "
            "decided or a register changed it; look at it again"
        )
    if supplier.classification["redacted"]:
        raise Rejected("the ledger withholds this payee: it may be many, none can be decided")


async def _called(connection: Any, settled: Settled) -> str | None:
    """What the organisations are called. Rejected where one must be in a register and is not."""
    words = [comparable(settled.name).words] if settled.name else []
    known = await look_up(connection, words, settled.organisations)
    if settled.kind == "organisation" and not settled.organisations:
        return _printed(settled, known)
    meant = {org_id: identified(org_id, known) for org_id in settled.organisations}
    missing = [org_id for org_id, organisations in meant.items() if not organisations]
    if missing and settled.kind != "another":
        raise Rejected(
            f"{', '.join(missing)} stands in no register that is loaded; `another` takes it, with "
            "a name",
            "organisations",
        )
    if missing and settled.name is None:
        raise Rejected("what no register knows needs a name", "name")
    if missing:
        _check_form(settled, known)
    names = [organisations[0].name for organisations in meant.values() if organisations]
    return "; ".join(names) or settled.name


def _printed(settled: Settled, known: Known) -> str:
    """The name as a register prints it that gives no number."""
    name = settled.name or ""
    found = printed_without_number(name, settled.legal_form, known)
    if not found:
        form = f" as {settled.legal_form}" if settled.legal_form else ""
        raise Rejected(
            f"no register that is loaded prints {name!r}{form} without a number: take the name of "
            "a candidate as it is shown, or name an organisation by its org-id",
            "name",
        )
    _check_form(settled, known)
    return found[0].name


def _check_form(settled: Settled, known: Known) -> None:
    """Rejected where lists have the name in several forms, and which is meant is not said."""
    found = printed_without_number(settled.name or "", settled.legal_form, known)
    if len(found) > 1:
        forms = ", ".join(sorted(each.legal_form for each in found))
        raise Rejected(f"several bear this name, say which is meant: {forms}", "legal_form")
