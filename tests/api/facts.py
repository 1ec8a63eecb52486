"""Facts as the other services publish them, with what a case does not care about filled in."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.api.withheld.withheld_ids import withheld_id
from shared.events import (
    AgreementEnded,
    AgreementLine,
    AgreementRegistered,
    AgreementVaried,
    Contact,
    ContactsNamed,
    Membership,
    NoticeAcknowledged,
    NoticeDue,
    NoticeRecorded,
    NoticeWithdrawn,
    ObligationRaised,
    ObligationsPlanned,
    PaymentAccepted,
    PaymentCorrected,
    PlannedObligation,
    ProgrammeMapped,
    RenewalApproaching,
    ReplacedPayment,
    SupplierClassified,
)
from shared.identity import agreement_id, identify
from tests.support.suppliers import supplier_id

ICB, LEEDS = "GB-NHS-QWO", "GB-LAE-LDS"
HOSPICE, PERSON = "SAINT EXAMPLE HOSPICE", "A N OTHER"
CHARITY = "GB-CHC-9000001"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def supplier(payee: str = HOSPICE) -> UUID:
    return UUID(supplier_id(payee))


def withheld(payee: str = PERSON, buyer: str = ICB) -> str:
    """The id under which the payee of a buyer is shown where its name is withheld."""
    return withheld_id(str(supplier(payee)), buyer)


def paid(
    number: int = 0, pence: int = 100_00, on: str = "2024-04-30", **given: Any
) -> PaymentAccepted:
    payee = given.pop("payee", HOSPICE)
    buyer = given.pop("buyer", ICB)
    return PaymentAccepted(
        payment_id=UUID(identify("payment", buyer, payee, str(number))),
        buyer=buyer,
        supplier_id=supplier(payee),
        payee=payee,
        payment_date=date.fromisoformat(on),
        amount_pence=pence,
        recorded_at=NOW,
        **given,
    )


def mapped(
    programme: str | None, since: str | None = None, version: int = 1, **given: Any
) -> ProgrammeMapped:
    """A line of a buyer's map of its codes; without a programme it is taken away."""
    return ProgrammeMapped(
        buyer=given.pop("buyer", ICB),
        version=version,
        since=None if since is None else date.fromisoformat(since),
        programme=programme,
        recorded_at=NOW,
        **given,
    )


def corrected(
    before: PaymentAccepted | PaymentCorrected, pence: int | None = None, **changes: Any
) -> PaymentCorrected:
    """The next revision of a payment."""
    said = before.model_dump(include=set(PaymentAccepted.model_fields))
    if "payee" in changes:
        said["supplier_id"] = supplier(changes["payee"])
    gone = isinstance(before, PaymentCorrected) and before.withdrawn
    replaced = {name: getattr(before, name) for name in ReplacedPayment.model_fields}
    fact = said | {
        "revision": 1 + getattr(before, "revision", 0),
        "amount_pence": before.amount_pence if pence is None else pence,
        "recorded_at": before.recorded_at + timedelta(days=1),
        "replaced": None if gone else ReplacedPayment(**replaced),
        "why": "officer",
        **changes,
    }
    return PaymentCorrected.model_validate(fact)


def member(
    since: str | None = None, until: str | None = None, definition: str = "registered-charity"
) -> Membership:
    return Membership(
        definition=definition,
        version="1",
        since=date.fromisoformat(since) if since else None,
        until=date.fromisoformat(until) if until else None,
        rule="on the register",
    )


def classified(
    payee: str = HOSPICE, revision: int = 1, memberships: Iterable[Membership] = (), **given: Any
) -> SupplierClassified:
    known: dict[str, Any] = {
        "tier": "auto",
        "score": 0.97,
        "rule": "exact-name",
        "evidence": (f"{payee} is the name of the charity",),
        "organisation": CHARITY,
        "organisation_name": "Saint Example Hospice",
        "legal_form": "charity",
    }
    return SupplierClassified(
        supplier_id=supplier(payee),
        revision=revision,
        payee=payee,
        memberships=tuple(memberships),
        recorded_at=NOW,
        **known | given,
    )


def unmatched(payee: str = PERSON, **given: Any) -> SupplierClassified:
    nothing: dict[str, Any] = {
        "tier": "none",
        "score": 0.0,
        "rule": "no-match",
        "organisation": None,
        "organisation_name": None,
        "legal_form": None,
    }
    return classified(payee, **nothing | given)


def agreement(reference: str = "WY-1", buyer: str = ICB) -> UUID:
    return UUID(agreement_id(buyer, reference))


def _terms(reference: str, version: int, given: dict[str, Any]) -> dict[str, Any]:
    buyer = given.pop("buyer", ICB)
    end = given.pop("end", "2027-03-31")
    pence = given.pop("annual_pence", 7_500_000_00)
    return {
        "agreement_id": agreement(reference, buyer),
        "supplier_id": supplier(),
        "version": version,
        "recorded_at": NOW,
        "buyer": buyer,
        "reference": reference,
        "title": "Hospice care at home",
        "kind": "contract",
        "provider": HOSPICE,
        "start": date(2024, 4, 1),
        "end": date.fromisoformat(end) if end else None,
        "lines": (AgreementLine(programme="End of life", annual_amount_pence=pence),),
    } | given


def registered(reference: str = "WY-1", **given: Any) -> AgreementRegistered:
    return AgreementRegistered(**_terms(reference, given.pop("version", 1), given))


def varied(reference: str = "WY-1", version: int = 2, **given: Any) -> AgreementVaried:
    effective_on = date.fromisoformat(given.pop("effective_on", "2026-04-01"))
    terms = {"reason": "extended"} | _terms(reference, version, given)
    return AgreementVaried(**terms, effective_on=effective_on)


def named(version: int = 2, confirmed_on: str = "2026-09-01", **given: Any) -> ContactsNamed:
    contact = {
        "party": "provider",
        "role": "Contract manager",
        "name": "Alex Moss",
        "channel": "email",
        "address": "alex.moss@hospice.example",
    }
    return ContactsNamed(
        agreement_id=agreement(),
        buyer=ICB,
        version=version,
        recorded_at=NOW,
        confirmed_on=date.fromisoformat(confirmed_on),
        contacts=(Contact(**contact | given),),
    )


def ended(
    reference: str = "WY-1",
    version: int = 9,
    on: str = "2026-06-30",
    reason: str | None = None,
    ending: str | None = None,
    *,
    withdrawn: bool = False,
) -> AgreementEnded:
    return AgreementEnded(
        agreement_id=agreement(reference),
        buyer=ICB,
        reference=reference,
        version=version,
        recorded_at=NOW,
        ended_on=date.fromisoformat(on),
        ending=ending,
        reason=reason,
        withdrawn=withdrawn,
    )


def obligation(kind: str, due_on: str, reference: str = "WY-1") -> UUID:
    return UUID(identify("obligation", str(agreement(reference)), kind, due_on))


Position = tuple[int, int]
"""Revision and sequence of a fact."""


def planned(
    dates: Iterable[tuple[str, str]],
    at: Position = (1, 1),
    reference: str = "WY-1",
    hour: int = 1,
) -> ObligationsPlanned:
    return ObligationsPlanned(
        agreement_id=agreement(reference),
        buyer=ICB,
        version=at[0],
        revision=at[0],
        sequence=at[1],
        obligations=tuple(
            PlannedObligation(
                obligation_id=obligation(kind, day, reference),
                kind=kind,
                due_on=date.fromisoformat(day),
                stage="P6M" if kind == "renewal" else None,
                rule=f"{kind} by plan",
            )
            for kind, day in dates
        ),
        recorded_at=NOW.replace(hour=hour),
    )


def _common(kind: str, due_on: str, at: Position, hour: int) -> dict[str, Any]:
    return {
        "obligation_id": obligation(kind, due_on),
        "agreement_id": agreement(),
        "buyer": ICB,
        "revision": at[0],
        "sequence": at[1],
        "recorded_at": NOW.replace(hour=hour),
    }


def raised(
    due_on: str, kind: str = "renewal", at: Position = (1, 2), hour: int = 2
) -> RenewalApproaching | NoticeDue | ObligationRaised:
    common = _common(kind, due_on, at, hour) | {
        "reference": "WY-1",
        "title": "Hospice care at home",
        "provider": HOSPICE,
        "supplier_id": supplier(),
        "organisation": CHARITY,
        "end": date(2027, 3, 31),
    }
    day = date.fromisoformat(due_on)
    if kind == "renewal":
        return RenewalApproaching(**common, stage="P6M", due_on=day)
    if kind != "notice":
        rule = f"{kind} by plan"
        return ObligationRaised(**common, kind=kind, period="P6M", due_on=day, rule=rule)
    return NoticeDue(**common, notice_period="P6M", last_safe_service=day, rule="notice by plan")


def withdrawn(
    due_on: str, kind: str = "renewal", at: Position = (2, 1), hour: int = 3
) -> NoticeWithdrawn:
    return NoticeWithdrawn(**_common(kind, due_on, at, hour), reason="the end moved")


def notice(number: int, reference: str = "WY-1", **changes: Any) -> NoticeRecorded:
    """A termination served on 30 September, at the `number`th of its steps."""
    given = {
        "notice_id": identify("notice", reference),
        "number": number,
        "agreement_id": agreement(reference),
        "buyer": ICB,
        "revision": number,
        "sequence": 2,
        "recorded_at": NOW,
        "step": "served",
        "state": "served",
        "kind": "termination",
        "given_by": "buyer",
        "acts_on": "2027-03-31",
        "served_on": "2026-09-30",
        "last_day": "2027-03-31",
        "days_given": 182,
        "days_needed": 182,
        "in_time": True,
        "rule": "6 months' notice by the buyer's policy",
    }
    return NoticeRecorded.model_validate(given | changes, strict=False)


def acknowledged(
    due_on: str,
    kind: str = "renewal",
    at: Position = (1, 2),
    hour: int = 4,
    recipient: str = CHARITY,
    capacity: str = "provider",
) -> NoticeAcknowledged:
    return NoticeAcknowledged(
        **_common(kind, due_on, at, hour),
        notification_id=UUID(identify("notification", kind, due_on, recipient)),
        recipient=recipient,
        capacity=capacity,
        channel="webhook",
    )
