"""An obligation and its agreement in the words that templates are filled with."""

from collections.abc import Sequence
from datetime import date

from services.notify.dates.words import in_words, period_in_words
from services.notify.planning.agreement import Agreement
from services.notify.planning.obligation import BUYERS_OWN, RECURRING, Obligation, ObligationKind
from services.notify.planning.plan import Plan

_TOLD: dict[ObligationKind, str] = {
    "notice": "it ends on {end}, and {due} is the last safe day to serve notice on it",
    "commitment": "{due} is the day to give notice that keeps {policy}, before it ends on {end}",
    "provider-notice": "{due} is the provider's last safe day to serve notice to end it by {end}",
    "service": "the last safe day to serve notice on it comes nearer, before it ends on {end}",
    "decision": "the buyer should decide by {due} what becomes of it when it ends on {end}",
    "lapse": "nobody has recorded what becomes of it when it ends on {end}",
    "paid-after-end": "it is still being paid though it ended",
    "option": "the option to extend it beyond {end} must be taken up by {due}",
    "notice-short": "a notice on it gives too few days until {due}",
    "review": "it is to be reviewed by {due}",
    "contacts": "its contacts are to be confirmed by {due}",
    "monitoring": "a monitoring return is due by {due}",
    "over": "it had ended already when it was registered, and nothing says what became of it",
}
_AHEAD: dict[ObligationKind, str] = {
    "notice": "the last safe day to serve notice",
    "provider-notice": "the provider's last safe day to serve notice",
    "decision": "the buyer's day to decide what becomes of it",
    "option": "the last day to take up the option to extend it",
    "review": "its annual review",
    "contacts": "its contacts are to be confirmed",
    "monitoring": "a monitoring return",
}


def words_of(agreement: Agreement, obligation: Obligation, plan: Plan) -> dict[str, str]:
    """What templates can be filled with; dates are written out."""
    return {
        "title": _one_line(agreement.title),
        "reference": _one_line(agreement.reference),
        "provider": _one_line(agreement.provider),
        "buyer": plan.called(agreement.buyer),
        "end": _end(agreement, obligation),
        "due_on": in_words(obligation.due_on),
        "period": period_in_words(obligation.period),
        "told": _told(obligation),
        "rule": obligation.rule,
        "policy": obligation.policy or "",
        "dates": "",
        "contact": plan.contact,
    }


def dates_in_words(
    agreement: Agreement, obligation: Obligation, ahead: Sequence[Obligation], today: date
) -> str:
    """Every date ahead, in a sentence; what is for the buyer alone in what it alone is told."""
    own = obligation.kind in BUYERS_OWN
    named = [
        (one.due_on, _ahead(one))
        for one in ahead
        if own or one.kind == "option" or one.kind not in BUYERS_OWN
    ]
    if agreement.last_day and agreement.last_day >= today:
        named.append((agreement.last_day, "its last day"))
    said = "; ".join(f"{in_words(day)}, {what}" for day, what in sorted(named))
    return f"As it stands on {in_words(today)}, its dates ahead are: {said}."


def _ahead(one: Obligation) -> str:
    if one.policy is not None:
        return f"the day to give notice that keeps {one.policy}"
    return _AHEAD[one.kind]


def _told(obligation: Obligation) -> str:
    if obligation.kind == "end-date":
        return "no end date is recorded for it"
    if obligation.kind == "renewal":
        return f"it ends on {in_words(obligation.end)}"
    kind: ObligationKind = "commitment" if obligation.policy else obligation.kind
    told = _TOLD[kind].format(
        due=in_words(obligation.due_on),
        end=in_words(obligation.end),
        policy=obligation.policy,
    )
    return "; ".join([told, *(one.in_words for one in obligation.send_by)])


def _end(agreement: Agreement, obligation: Obligation) -> str:
    if obligation.kind == "end-date":
        return "not recorded"
    if obligation.kind not in {*RECURRING, "notice-short", "paid-after-end", "over"}:
        return in_words(obligation.end)
    return in_words(agreement.last_day) if agreement.last_day else "not recorded"


def _one_line(text: str) -> str:
    return " ".join(text.split())
