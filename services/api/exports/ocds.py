"""Agreements as releases of the Open Contracting Data Standard 1.1.

https://standard.open-contracting.org/1.1/en/schema/release/. One release for each agreement, as it
stands: its award, its contract, and the payments that print its reference. Nothing is kept of how
it was let, so there is no tender.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import orjson

from services.api.exports.agreement import Agreement, Amendment, Paid, parts_of
from services.api.exports.asked import AskedExport
from services.api.exports.exported import Exported, Gap
from services.api.exports.publication import REDACTED

Release = Mapping[str, Any]
VERSION = "1.1"
_NOT_SETTLED = "redacted"
"""The id of a party whose name is withheld: the one that it has here is made of its name."""


def package_head(asked: AskedExport) -> dict[str, Any]:
    """What stands before the releases of a package."""
    publisher = {"name": asked.buyer_name or asked.buyer}
    if (own := parts_of(asked.buyer)) is not None:
        publisher |= {"scheme": own.scheme, "uid": own.number}
    uri = {} if asked.uri is None else {"uri": asked.uri}
    return {**uri, "version": VERSION, "publisher": publisher}


def release(agreement: Agreement, asked: AskedExport) -> Exported[Release]:
    """The release of an agreement; its id changes whenever what it says does."""
    gaps = _lacking(agreement, asked)
    buyer = {"id": asked.buyer} | ({"name": asked.buyer_name} if asked.buyer_name else {})
    supplier = _supplier(agreement)
    content: dict[str, Any] = {
        "ocid": f"{asked.publisher.ocid_prefix}-{agreement.agreement_id}",
        "date": _moment(
            max([agreement.recorded_at, *(each.recorded_at for each in agreement.payments)])
        ),
        "tag": ["contract"],
        "initiationType": "tender",
        "language": "en",
        "parties": [
            {**buyer, **_identifier(asked.buyer, None), "roles": ["buyer"]},
            {
                **supplier,
                **(
                    {}
                    if agreement.withheld
                    else _identifier(agreement.organisation, agreement.organisation_name)
                ),
                "roles": ["supplier"],
            },
        ],
        "buyer": buyer,
        "awards": [_award(agreement, supplier)],
        "contracts": [_contract(agreement, asked, buyer, supplier)],
    }
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Exported(
        agreement.agreement_id, agreement.pence or 0, {**content, "id": digest[:32]}, tuple(gaps)
    )


def _lacking(agreement: Agreement, asked: AskedExport) -> list[Gap]:
    gaps = []
    if agreement.withheld is not None:
        gaps.append(agreement.withheld._replace(field="awards/suppliers/name"))
    if asked.buyer_name is None:
        gaps.append(Gap("buyer/name", "nobody has said what the buyer is called"))
    if agreement.pence is None:
        reason = "no total is stated, and the amount a year does not tell it exactly"
        gaps.append(Gap("contracts/value", reason))
    if agreement.end is None:
        gaps.append(Gap("contracts/period/endDate", "no end is recorded"))
    if agreement.awarded_on is None:
        gaps.append(Gap("awards/date", "no day of award is recorded"))
    return gaps


def _supplier(agreement: Agreement) -> dict[str, str]:
    if agreement.withheld is not None:
        return {"id": _NOT_SETTLED, "name": REDACTED}
    return {"id": agreement.organisation or agreement.supplier_id, "name": agreement.provider}


def _identifier(org_id: str | None, legal_name: str | None) -> dict[str, Any]:
    number = parts_of(org_id)
    if number is None:
        return {}
    named = {"legalName": legal_name} if legal_name else {}
    return {"identifier": {"scheme": number.scheme, "id": number.number, **named}}


def _award(agreement: Agreement, supplier: dict[str, str]) -> dict[str, Any]:
    awarded = agreement.awarded_on
    return {
        "id": agreement.agreement_id,
        "status": "active",
        "suppliers": [supplier],
        "contractPeriod": _period(agreement),
        **_titled(agreement),
        **_valued(agreement),
        **({} if awarded is None else {"date": _first_moment(awarded)}),
    }


def _contract(
    agreement: Agreement, asked: AskedExport, buyer: dict[str, str], supplier: dict[str, str]
) -> dict[str, Any]:
    paid = [_transaction(each, buyer, supplier) for each in agreement.payments]
    amended = [_amendment(each) for each in agreement.amendments]
    return {
        "id": agreement.agreement_id,
        "awardID": agreement.agreement_id,
        "status": _status(agreement, asked.today),
        "period": _period(agreement),
        **_titled(agreement),
        **_valued(agreement),
        **({"implementation": {"transactions": paid}} if paid else {}),
        **({"amendments": amended} if amended else {}),
    }


def _status(agreement: Agreement, today: date) -> str:
    if agreement.last_day is not None and agreement.last_day < today:
        return "terminated"
    return "pending" if agreement.start > today else "active"


def _titled(agreement: Agreement) -> dict[str, str]:
    return {} if agreement.title is None else {"title": agreement.title}


def _valued(agreement: Agreement) -> dict[str, Any]:
    return {} if agreement.pence is None else {"value": _value(agreement.pence)}


def _value(pence: int) -> dict[str, Any]:
    pounds, rest = divmod(pence, 100)
    return {"amount": pence / 100 if rest else pounds, "currency": "GBP"}


def _period(agreement: Agreement) -> dict[str, str]:
    period = {"startDate": _first_moment(agreement.start)}
    if agreement.last_day is not None:
        period["endDate"] = _last_moment(agreement.last_day)
    if agreement.maximum_end is not None:
        period["maxExtentDate"] = _last_moment(agreement.maximum_end)
    return period


def _amendment(amendment: Amendment) -> dict[str, str]:
    changes = {"description": ", ".join(amendment.changes)} if amendment.changes else {}
    reason = {"rationale": amendment.reason} if amendment.reason else {}
    return {
        "id": str(amendment.version),
        "date": _first_moment(amendment.effective_on),
        **changes,
        **reason,
    }


def _transaction(paid: Paid, buyer: dict[str, str], supplier: dict[str, str]) -> dict[str, Any]:
    return {
        "id": paid.payment_id,
        "date": _first_moment(paid.payment_date),
        "value": _value(paid.pence),
        "payer": buyer,
        "payee": supplier,
    }


def _first_moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _last_moment(day: date) -> str:
    return f"{day.isoformat()}T23:59:59Z"


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
