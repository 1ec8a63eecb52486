"""Payments as a caller may see them."""

from collections.abc import Iterable
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from services.api.queries.reversals import Links
from services.api.spend.reversal import Link
from services.api.withheld.own import own_rows
from services.api.withheld.personal import ids_shown, may_be_person, may_be_persons
from services.api.withheld.withheld_ids import withheld_id
from shared.access import Caller
from shared.lists.columns import Columns
from shared.lists.copied_rows import by_value
from shared.lists.pounds import pounds_of
from shared.money import format_pounds

_PERSONAL = ("payee", "reference", "transaction", "purpose")
"""What is written of or by the payee. Codes stay: they are the buyer's own."""
_IDENTIFIED = ("organisation", "organisation_name")
_NAMES = pa.list_(pa.string())


def show_payment(row: Any, links: Links, caller: Caller) -> dict[str, Any]:
    """A payment as this caller may see it."""
    shown = dict(row)
    shown["withheld"] = withhold(shown, _PERSONAL, shown["buyer"], caller)
    if shown["withheld"]:
        shown |= {"tier": None, "definitions": []}
    shown["reversal"] = _show_link(shown["payment_id"], links.get(shown["payment_id"]))
    return shown


def show_payments(rows: Any, links: Links, caller: Caller) -> Columns:
    """A table of payments as this caller may see them, each as `show_payment` shows it."""
    shown: dict[str, Any] = dict(zip(rows.column_names, rows.columns, strict=True))
    buyers = rows["buyer"].unique().to_pylist()
    own = pa.array(filter(caller.may_see_personal, buyers), pa.string())
    withheld = pc.and_not(may_be_persons(rows), pc.is_in(rows["buyer"], value_set=own))
    shown["withheld"] = withheld
    shown["definitions"] = by_value(shown["definitions"], orjson.loads, _NAMES)
    if pc.any(withheld).as_py():
        for field in (*_PERSONAL, *_IDENTIFIED, "tier"):
            shown[field] = pc.if_else(withheld, pa.scalar(None, pa.string()), shown[field])
        shown["definitions"] = pc.if_else(withheld, pa.scalar([], _NAMES), shown["definitions"])
        shown["supplier_id"] = ids_shown(rows, withheld)
    shown["amount"] = pounds_of(shown["amount_pence"])
    shown["reversal"] = [None] * rows.num_rows
    if links:
        ids = rows["payment_id"].to_pylist()
        shown["reversal"] = [_show_link(each, links.get(each)) for each in ids]
    return shown


def _show_link(payment_id: str, link: Link | None) -> dict[str, Any] | None:
    if link is None:
        return None
    credits_it = link.payment.payment_id == payment_id
    other = link.credit if credits_it else link.payment
    return {
        "role": "reversed-by" if credits_it else "reverses",
        "payment_id": other.payment_id,
        "payment_date": other.payment_date,
        "rule": link.rule,
        "certainty": link.certainty,
    }


def show_detail(row: Any, links: Links, caller: Caller) -> dict[str, Any]:
    """A payment with its revisions, as this caller may see them.

    Each is withheld by the supplier that it names.
    """
    shown = show_payment(row, links, caller)
    del shown["may_be_linked"]
    revisions = own_rows(caller, shown["revisions"])
    for each in revisions:
        withhold(each, _PERSONAL, shown["buyer"], caller)
        each["ledger_programme"] = each.pop("programme")
        for name in ("payment_id", "organisation", "organisation_name"):
            del each[name]
    return shown | {"revisions": revisions}


def withhold(shown: dict[str, Any], fields: Iterable[str], buyer: str, caller: Caller) -> bool:
    """Write the amount in pounds; where the payee of the buyer may be a person whom the caller may
    not see, withhold `fields`, which organisation it is and the supplier's own id, and say so.
    """
    personal = may_be_person(
        organisation=shown["organisation"],
        organisation_name=shown["organisation_name"],
        redacted=shown.pop("redacted"),
    )
    shown["amount"] = format_pounds(shown.pop("amount_pence"))
    withheld = personal and not caller.may_see_personal(buyer)
    if withheld:
        shown |= dict.fromkeys((*fields, *_IDENTIFIED))
        shown["supplier_id"] = withheld_id(shown["supplier_id"], buyer)
    return withheld
