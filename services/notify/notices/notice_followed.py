"""What becomes of notices by themselves: they are worked out anew, and they run out."""

from collections.abc import Iterable
from datetime import date, timedelta

from services.notify.dates.bank_holidays import Calendars
from services.notify.notices.notice import GIVEN, STANDING, Notice, Service, Step, Verdict
from services.notify.notices.verdict import judge
from services.notify.planning.agreement import History
from shared.errors import Rejected

_ONE_DAY = timedelta(days=1)


def follow(
    notice: Notice, history: History, calendars: Calendars, today: date
) -> list[tuple[Step, Notice]]:
    """The steps that a day, or what is known of the agreement by then, brings, in order.

    A notice that ran out is still worked out anew: the ledger tells how many days it really gave.
    """
    steps: list[tuple[Step, Notice]] = []
    if notice.state in GIVEN and notice.service is not None and notice.verdict is not None:
        verdict = _judge_anew(notice, notice.service, notice.verdict, history, calendars, today)
        if verdict != notice.verdict:
            notice = notice.model_copy(update={"verdict": verdict})
            steps.append(("worked-out-anew", notice))
    if notice.state in STANDING and notice.runs_until and notice.runs_until < today:
        steps.append(("expired", notice.model_copy(update={"state": "expired"})))
    return steps


def _judge_anew(
    notice: Notice,
    service: Service,
    before: Verdict,
    history: History,
    calendars: Calendars,
    today: date,
) -> Verdict:
    try:
        return judge(notice, service, history, calendars, today)
    except Rejected as error:
        # A correction took away the rule by which what was sent counted as served.
        return Verdict(served_on=before.served_on, in_time=None, rule=error.reason)


def turns_on(notices: Iterable[Notice], today: date) -> date | None:
    """The first day after this one on which a notice will have run out."""
    days = [
        one.runs_until + _ONE_DAY
        for one in notices
        if one.state in STANDING and one.runs_until and one.runs_until >= today
    ]
    return min(days, default=None)
