"""Payments as a caller may see them."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.api.own import own_rows
from services.api.personal import may_be_person
from services.api.queries.reversals import Links
from services.api.reversal import Link
from services.api.routes.payments.payment_answer import PaymentAnswer
from shared.access import Caller
from shared.money import format_pounds

_PERSONAL = ("payee", "reference", "transaction", "purpose")
"""What is written of or by the payee. Codes stay: they are the buyer's own."""


def show_payments(rows: Sequence[Any], links: Links, caller: Caller) -> dict[str, Sequence[Any]]:
    """Payments as this caller may see them, by column; none have no columns."""
    if not rows:
        return dict.fromkeys(PaymentAnswer.model_fields, ())
    columns = zip(*(row.values() for row in rows), strict=True)
    shown: dict[str, Sequence[Any]] = dict(zip(rows[0].keys(), columns, strict=True))
    officer = {buyer: caller.may_see_personal(buyer) for buyer in set(shown["buyer"])}
    shown["withheld"] = [
        may_be_person(organisation=org_id, organisation_name=name, redacted=redacted)
        and not officer[buyer]
        for org_id, name, redacted, buyer in zip(
            *(shown["organisation"], shown["organisation_name"]),
            *(shown.pop("redacted"), shown["buyer"]),
            strict=True,
        )
    ]
    if any(shown["withheld"]):
        for field in _PERSONAL:
            cells = zip(shown[field], shown["withheld"], strict=True)
            shown[field] = [None if withheld else cell for cell, withheld in cells]
    shown["amount"] = list(map(format_pounds, shown.pop("amount_pence")))
    shown["reversal"] = [_show_link(each, links.get(each)) for each in shown["payment_id"]]
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
    shown = {name: value for name, [value] in show_payments([row], links, caller).items()}
    del shown["may_be_linked"]
    officer = caller.may_see_personal(shown["buyer"])
    revisions = own_rows(caller, shown["revisions"])
    for each in revisions:
        withhold(each, _PERSONAL, officer=officer)
        each["ledger_programme"] = each.pop("programme")
        for name in ("payment_id", "organisation", "organisation_name"):
            del each[name]
    return shown | {"revisions": revisions}


def withhold(shown: dict[str, Any], fields: Iterable[str], *, officer: bool) -> bool:
    """Write the amount in pounds; withhold `fields` where the payee may be a person, and say so."""
    personal = may_be_person(
        organisation=shown["organisation"],
        organisation_name=shown["organisation_name"],
        redacted=shown.pop("redacted"),
    )
    shown["amount"] = format_pounds(shown.pop("amount_pence"))
    if personal and not officer:
        shown |= dict.fromkeys(fields)
    return personal and not officer
