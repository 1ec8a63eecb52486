"""Agreements, suppliers and contacts as their facts tell them, for tests."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.notify.dates.bank_holidays import shipped_calendars
from services.notify.escalation.escalation import Chain
from services.notify.planning.agreement import Agreement, AgreementFact, History, apply_all
from services.notify.planning.plan import Plan, PolicyNotice
from shared.events import (
    AgreementEnded,
    AgreementRegistered,
    AgreementVaried,
    ContactsNamed,
    SupplierClassified,
)
from shared.identity import agreement_id
from tests.support.suppliers import supplier_id

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)  # a Monday
TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
FAR: dict[str, Any] = {"start": date(2024, 4, 1), "end": date(2027, 9, 30)}
"""An agreement with a renewal stage behind it, and no day to act on for months."""
DAILY: dict[str, Any] = {
    "preferences": {"pace": "daily"},
    "event_types": ["renewal.approaching.v1"],
}
"""A subscription that gets them together each morning."""
BUYER = "GB-LAE-LDS"
PROVIDER = "Hollybank Hospice"
ORGANISATION = "GB-CHC-1999999"
SUPPLIER = supplier_id(PROVIDER)
CALENDARS = shipped_calendars()


def terms(reference: str = "LCC/1", version: int = 1, **changes: Any) -> dict[str, Any]:
    buyer = changes.get("buyer", BUYER)
    return {
        "agreement_id": UUID(agreement_id(buyer, reference)),
        "supplier_id": UUID(SUPPLIER),
        "version": version,
        "recorded_at": NOW,
        "buyer": buyer,
        "reference": reference,
        "title": "Hospice at home",
        "kind": "contract",
        "provider": PROVIDER,
        "start": date(2024, 4, 1),
        "end": date(2027, 3, 31),
        "lines": ({"programme": "end of life", "annual_amount_pence": 12_000_000},),
        **changes,
    }


def registered(reference: str = "LCC/1", version: int = 1, **changes: Any) -> AgreementRegistered:
    return AgreementRegistered.model_validate(terms(reference, version, **changes))


def varied(reference: str = "LCC/1", version: int = 2, **changes: Any) -> AgreementVaried:
    effective_on = changes.pop("effective_on", TODAY)
    return AgreementVaried.model_validate(
        terms(reference, version, **changes) | {"effective_on": effective_on}
    )


def ended(
    reference: str = "LCC/1", version: int = 3, on: date = TODAY, *, withdrawn: bool = False
) -> AgreementEnded:
    return AgreementEnded(
        agreement_id=UUID(agreement_id(BUYER, reference)),
        buyer=BUYER,
        reference=reference,
        version=version,
        recorded_at=NOW,
        ended_on=on,
        withdrawn=withdrawn,
    )


def bare(plan: Plan) -> Plan:
    """The plan with four renewal stages and the notice day alone."""
    nothing = dict.fromkeys(("decision", "options_told_before", "review_month", "contacts"))
    stages = {"renewal_stages": ("P12M", "P9M", "P6M", "P3M"), "service_stages": ()}
    return plan.model_copy(update=nothing | stages | {"monitoring": None, "escalation": None})


def with_policy(plan: Plan, period: str | None) -> Plan:
    """The plan with this policy alone, or with none."""
    own = [PolicyNotice(name="the buyer's policy", period=period)] if period else []
    return plan.model_copy(update={"policy_notices": tuple(own)})


def history(*facts: AgreementFact) -> History:
    return apply_all(None, facts)


def agreement(reference: str = "LCC/1", **changes: Any) -> Agreement:
    """The agreement as registered, and not changed since."""
    return history(registered(reference, **changes)).on(TODAY)


def classified(
    organisation: str | None = ORGANISATION, revision: int = 1, supplier: str = SUPPLIER
) -> SupplierClassified:
    return SupplierClassified(
        supplier_id=UUID(supplier),
        revision=revision,
        payee=PROVIDER,
        tier="auto" if organisation else "none",
        score=1.0 if organisation else 0.0,
        rule="exact-name",
        evidence=(),
        organisation=organisation,
        recorded_at=NOW,
    )


def chain(**changes: Any) -> Chain:
    """A notice day that its provider was told of on a Monday morning, four months ahead."""
    told = Chain(
        party="provider",
        kind="notice",
        due_on=date(2027, 3, 31),
        end=date(2027, 9, 30),
        obligation_state="raised",
        still_told=True,
        acknowledged=False,
        since=NOW,
        told_at=NOW,
        failed=False,
        division=None,
    )
    return replace(told, **changes)


def named(*contacts: str, version: int = 1, on: date = TODAY, **changes: Any) -> ContactsNamed:
    """The contacts of an agreement, each as `party mailbox`."""
    reference = changes.get("reference", "LCC/1")
    parts = [one.split(" ") for one in contacts]
    return ContactsNamed.model_validate(
        {
            "agreement_id": UUID(agreement_id(BUYER, reference)),
            "buyer": BUYER,
            "version": version,
            "recorded_at": NOW,
            "confirmed_on": on,
            "contacts": tuple(
                {
                    "party": party,
                    "role": "contract manager",
                    "name": "A Person",
                    "channel": "email" if "@" in address else "phone",
                    "address": address,
                }
                for party, address in parts
            ),
        }
    )
