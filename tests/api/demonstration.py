"""The demonstration year (deploy/demo) as facts of the topics."""

from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from deploy.demo.agreements import agreement_facts
from deploy.demo.finance_system import SOURCE
from deploy.demo.lines import AGREEMENTS, BUYER
from deploy.demo.payments import icb_payments
from deploy.demo.year_before import year_before
from shared.events import (
    AgreementPosted,
    AgreementRegistered,
    AgreementVaried,
    Fact,
    PaymentAccepted,
    SupplierClassified,
)
from shared.identity import agreement_id, identify
from tests.api import facts
from tests.api.facts import NOW
from tests.support.suppliers import supplier_id

TODAY = date(2026, 11, 23)
DEFINITION = "community-interest"


@cache
def demonstration_year() -> tuple[Fact, ...]:
    """Agreements, payments of it and the year before, providers; no one else is known."""
    return (*_agreements(), *_payments(), *_suppliers())


def _agreements() -> list[Fact]:
    found: list[Fact] = []
    versions: dict[str, int] = {}
    for fact in agreement_facts(TODAY):
        if "provider" not in fact.data:
            continue
        data: dict[str, Any] = dict(fact.data)
        number = data.pop("charity_number", None)
        reference = data["reference"]
        versions[reference] = versions.get(reference, 0) + 1
        data["members"] = [
            one | {"supplier_id": supplier_id(one["name"])} for one in data.get("members", [])
        ]
        known = {
            "agreement_id": str(agreement_id(BUYER, reference)),
            "supplier_id": supplier_id(data["provider"], number),
            "version": versions[reference],
            "recorded_at": NOW.isoformat(),
        }
        if fact.type == AgreementPosted.TYPE:
            found.append(AgreementRegistered.model_validate(data | known, strict=False))
        else:
            found.append(AgreementVaried.model_validate(data | known, strict=False))
    return found


def _payments() -> list[Fact]:
    found: list[Fact] = []
    for posting in (*year_before().payments, *icb_payments()):
        data: dict[str, Any] = dict(posting.data)
        supplier = supplier_id(data["payee"], data.pop("charity_number", None))
        found.append(
            PaymentAccepted.model_validate(
                data
                | {
                    "payment_id": identify("payment", BUYER, SOURCE, posting.id),
                    "supplier_id": supplier,
                    "recorded_at": NOW.isoformat(),
                },
                strict=False,
            )
        )
    return found


def _suppliers() -> list[Fact]:
    """Every name of a provider, as the ledger and the agreements print it."""
    found: dict[str, SupplierClassified] = {}
    for number, provider in enumerate(sorted({one.provider for one in AGREEMENTS})):
        organisation = f"GB-CHC-{provider.charity_number or 9_100_000 + number}"
        names = {provider.name, provider.ledger_name or provider.name.upper()}
        for name in names:
            for charity in (None, provider.charity_number):
                key = supplier_id(name, charity)
                found[key] = facts.classified(
                    name,
                    memberships=[facts.member(definition=DEFINITION)],
                    organisation=organisation,
                    legal_form="registered charity",
                    organisation_name=provider.name,
                ).model_copy(update={"supplier_id": UUID(key)})
    return list(found.values())
