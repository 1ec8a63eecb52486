"""The facts that raise an obligation, each as the row that is kept of it."""

from typing import Any

from shared.events import EndDateAsked, NoticeDue, ObligationRaised, RenewalApproaching

Raised = RenewalApproaching | NoticeDue | EndDateAsked | ObligationRaised


def raised_row(fact: Raised) -> dict[str, Any]:
    """What is kept of it, of any kind, by the names of the columns; JSON values."""
    common = {
        "obligation_id": str(fact.obligation_id),
        "agreement_id": str(fact.agreement_id),
        "revision": fact.revision,
        "sequence": fact.sequence,
        "recorded_at": fact.recorded_at.isoformat(),
    }
    if isinstance(fact, RenewalApproaching):
        return common | {
            "kind": "renewal",
            "due_on": fact.due_on.isoformat(),
            "stage": fact.stage,
        }
    if isinstance(fact, ObligationRaised):
        return common | {
            "kind": fact.kind,
            "due_on": fact.due_on.isoformat(),
            "stage": fact.period if fact.kind == "service" else None,
            "rule": fact.rule,
            "send_by": _send_by(fact),
        }
    if isinstance(fact, EndDateAsked):
        asked = {"kind": "end-date", "due_on": fact.due_on.isoformat(), "rule": fact.rule}
        return common | asked
    due_on = fact.last_safe_service.isoformat()
    of_it = {"kind": "notice", "due_on": due_on, "rule": fact.rule, "send_by": _send_by(fact)}
    return common | of_it


def _send_by(fact: NoticeDue | ObligationRaised) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in fact.send_by]
