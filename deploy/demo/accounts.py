"""Whether everything that was sent has come to something, asked at the product's own doors."""

from collections import Counter
from datetime import date
from typing import Any

from deploy.demo.lines import BUYER
from deploy.demo.receiver import Message, Receiver
from deploy.demo.running import Running
from deploy.demo.sample import SENT_TWICE, Sample, Total
from deploy.demo.year_before import NOT_REGISTERED_YET, YEAR_BEFORE
from shared.money import parse_pounds

THE_ICB = "the ICB"
Totals = dict[tuple[str, str], Total]


def accounted(run: Running, sample: Sample) -> tuple[Totals, list[dict[str, Any]]] | None:
    """Control totals and rejects, once what was sent is accepted, sent twice or quarantined.

    And once every supplier is classified; None until then.
    """
    totals = control_totals(run)
    rejects: list[dict[str, Any]] = run.get("ingest", "/v1/rejects", limit=500)["rejects"]
    accepted = sum(total.lines for total in totals.values())
    if accepted + SENT_TWICE + len(rejects) < sample.recorded:
        return None
    awaiting = run.get("api", "/v1/spend")["coverage"]["lines"]["awaiting"]
    return (totals, rejects) if awaiting == 0 else None


def control_totals(run: Running) -> Totals:
    """Lines and pence by buyer and month, as `api` has them."""
    return {
        (row["buyer"], row["month"]): Total(row["lines"], parse_pounds(row["amount"]))
        for row in run.get("api", "/v1/totals")["rows"]
    }


def restated(run: Running, sample: Sample) -> bool | None:
    """True once `api` has the year before as corrected, and the charity that is known since."""
    year = run.get(
        "api", "/v1/spend", buyer=BUYER, financial_year=YEAR_BEFORE, group_by="organisation"
    )
    slip = sample.before.slip
    right = sum(each.data["amount_pence"] for each in sample.before.payments)
    known = {row["organisation_name"] for row in year["rows"]}
    corrected = parse_pounds(year["amount"]) == right + slip.right - slip.posted
    return True if corrected and NOT_REGISTERED_YET.upper() in known else None


def mapped(run: Running, programmes: set[str]) -> bool | None:
    """True once `api` knows each of these programmes from a map of codes."""
    rows = run.get("api", "/v1/spend", group_by="programme", programme_state="mapped")["rows"]
    return True if programmes <= {row["programme"] for row in rows} else None


_BUYERS_OWN = {"decision", "lapse", "paid-after-end", "option"}


def delivered(run: Running, receiver: Receiver, today: date) -> list[Message] | None:
    """The messages, once all who subscribed were told of each notice; else None.

    The ICB is told of every notice, a provider that subscribed of its own agreements', but for what
    is the buyer's to decide.
    """
    due: Counter[str] = Counter()
    agreements = all_agreements(run)
    for agreement in agreements:
        obligations = agreement["obligations"]
        if not obligations:
            return None
        if any(_late(obligation, today) for obligation in obligations):
            return None
        raised = [each["kind"] for each in obligations if each["state"] == "raised"]
        due[THE_ICB] += len(raised)
        due[agreement["provider"]] += sum(kind not in _BUYERS_OWN for kind in raised)
    messages = receiver.messages
    told = Counter(message.recipient for message in messages)
    complete = told[THE_ICB] > 0 and all(told[each] == due[each] for each in receiver.recipients)
    return messages if complete else None


def _late(obligation: dict[str, Any], today: date) -> bool:
    """Whether a day has come and was not raised yet: its agreement's notices wait too.

    Of notices the day is the last for service, not the one on which they are raised.
    """
    return (
        obligation["kind"] != "notice"
        and obligation["state"] == "planned"
        and date.fromisoformat(obligation["due_on"]) <= today
    )


def all_agreements(run: Running) -> list[dict[str, Any]]:
    """Every agreement of the ICB, as `api` has it."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = run.get("api", "/v1/agreements", **cursor)
        found += [each for each in page["items"] if each["buyer"] == BUYER]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}
