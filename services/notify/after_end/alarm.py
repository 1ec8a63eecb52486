"""The alarm that an agreement is paid after its end: when it is raised, and when again."""

from dataclasses import dataclass
from datetime import date

from services.notify.after_end.payments import Paid, watched_until
from services.notify.dates.words import in_words, period_in_words
from services.notify.planning.agreement import Agreement
from services.notify.planning.obligation import Obligation, identified
from services.notify.planning.plan import PaymentsPlan
from shared.periods import later

_DOUBLED = 2


@dataclass(frozen=True, slots=True)
class Alarmed:
    """The last alarm of an agreement: from which day it is told, and the pence found by then."""

    on: date
    pence: int


def alarmed_by(
    paid: Paid | None, before: Alarmed | None, plan: PaymentsPlan, today: date
) -> Alarmed | None:
    """The alarm that holds; `before` itself unless it is to be told again.

    Again where the pounds have doubled, or more was paid and the plan's time has passed: a buyer
    that goes on paying each month isn't told each month.
    """
    if paid is None or before is None:
        return Alarmed(today, paid.pence) if paid else None
    doubled = paid.pence >= _DOUBLED * before.pence and today > before.on
    further = paid.pence > before.pence and today >= later(before.on, plan.again_after)
    return Alarmed(today, paid.pence) if doubled or further else before


def alarm(
    agreement: Agreement, ended_on: date, alarmed: Alarmed, paid: Paid, plan: PaymentsPlan
) -> Obligation:
    """The alarm as an obligation; its `rule` says what stands now, corrections included."""
    return identified(
        agreement.agreement_id,
        "paid-after-end",
        plan.grace,
        alarmed.on,
        alarmed.on,
        watched_until(ended_on),
        f"{_in_words(paid)}; the agreement ended on {in_words(ended_on)}, what is dated up to "
        f"{period_in_words(plan.grace)} after that is taken for a late invoice, and no other "
        "agreement of the buyer with this provider is recorded for those days",
    )


def _in_words(paid: Paid) -> str:
    whole, rest = divmod(paid.pence, 100)
    pounds = f"£{whole:,}.{rest:02d}"
    if paid.lines == 1:
        return f"1 payment of {pounds}, dated {in_words(paid.first)}"
    dated = in_words(paid.first)
    if paid.last != paid.first:
        dated += f" to {in_words(paid.last)}"
    return f"{paid.lines:,} payments, {pounds} in all, dated {dated}"
