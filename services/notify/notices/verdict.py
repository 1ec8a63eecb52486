"""Whether a notice is in time, by which rule, and how many days it really gives."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from services.notify.calendars.asked_dates import read_moment
from services.notify.dates.bank_holidays import Calendars
from services.notify.dates.clause import doubt_of_period, expiry
from services.notify.dates.deemed_service import doubt_of_service, latest_hour, served_on
from services.notify.dates.words import in_words, notice_in_words
from services.notify.dates.working_days import Calendar
from services.notify.notices.notice import Notice, Service, Verdict
from services.notify.notices.notice_term import Clock, clocks_before
from services.notify.planning.agreement import Agreement, History
from shared.agreement_parts import ExtensionOption
from shared.errors import Rejected
from shared.extension import MONTH_ENDS, option_spans
from shared.notice_terms import NoticeTerms

_ONE_DAY = timedelta(days=1)


def judge(
    notice: Notice, service: Service, history: History, calendars: Calendars, today: date
) -> Verdict:
    """The answer of today for a notice with this service.

    It is counted by the clause in force when it was given, to the days of the agreement as they are
    known now: an end that was recorded, or that moved, changes how many days it really gives.
    """
    agreement = history.on(today)
    then = history.on(_given_on(service))
    if not then.terms_version:
        then = agreement
    recorded = then.notice or NoticeTerms()
    calendar = calendars.of(recorded.division)
    served = served_by(service, recorded, calendar)
    doubt = _doubt_of_service(service, recorded, served, calendar)
    if notice.kind == "renewal":
        return Verdict(served_on=served, in_time=None, rule="no notice is needed to renew")
    if notice.kind == "extension":
        return _of_extension(notice, served, then.options_left, doubt)
    last = _last_day(notice, agreement)
    if last is None:
        rule = "no end is recorded of this agreement any more"
        return Verdict(served_on=served, in_time=None, rule=rule)
    answer = partial(Verdict, served_on=served, last_day=last, days_given=(last - served).days)
    asked = clocks_before(
        last,
        recorded,
        notice.policies,
        calendar,
        notice.given_by,
        of_a_change=notice.kind == "variation",
    )
    clocks = [one for one in asked if _binds(one, notice, last)]
    if not clocks:
        return answer(in_time=None, rule=_why_none(notice, last, recorded=bool(asked)))
    in_time, safe, rule = _by_clocks(clocks, served, last)
    return answer(
        in_time=in_time,
        rule=_with(rule, doubt, *_doubts_of_periods(clocks, served)),
        days_needed=(last - safe).days if safe else None,
        last_safe_service=safe,
        earliest_end=_earliest_end(clocks, served),
    )


def served_by(service: Service, recorded: NoticeTerms, calendar: Calendar) -> date:
    """The day of service; of what was sent, by the agreement's own rule for the channel.

    Rejected where that counts by the hour and none is given.
    """
    if service.served_on is not None:
        return service.served_on
    day, at = read_moment(service.sent or "")
    rule = _rule_for(service, recorded)
    if rule is None:
        raise Rejected(f"the agreement has no rule for {service.channel}", "channel")
    hour = latest_hour(rule)
    if hour is not None and at is None:
        raise Rejected(f"give the time of day, as in {day}T09:30: {rule} counts by it", "sent")
    return served_on(day, rule, calendar, late=hour is not None and at is not None and at >= hour)


def _rule_for(service: Service, recorded: NoticeTerms) -> str | None:
    rules = {one.channel: one.rule for one in recorded.deemed_service}
    return rules.get(service.channel or "")


def _given_on(service: Service) -> date:
    return service.served_on or read_moment(service.sent or "")[0]


def _last_day(notice: Notice, agreement: Agreement) -> date | None:
    """The last day of the agreement, or of its terms before they change, as is known now."""
    if notice.kind == "variation" and notice.acts_on:
        return notice.acts_on - _ONE_DAY
    if agreement.ended_on is not None:
        return agreement.ended_on
    if notice.kind == "non-renewal":
        return agreement.end
    days = [day for day in (notice.acts_on, agreement.end) if day is not None]
    return min(days, default=None)


def _binds(clock: Clock, notice: Notice, last: date) -> bool:
    """Whether a notice of this kind must keep to the clock.

    Letting an agreement lapse is no ending on one of the days on which alone a notice may end it.
    """
    if notice.kind == "non-renewal":
        return clock.lapses or clock.latest.ends == last
    return not clock.lapses and not _is_immaterial(notice)


def _is_immaterial(notice: Notice) -> bool:
    return notice.kind == "variation" and set(notice.changes) == {"other"}


def _why_none(notice: Notice, last: date, *, recorded: bool) -> str:
    """Why no length of notice is asked for, though one may be `recorded`."""
    if _is_immaterial(notice):
        return "notice is promised of changes of value or specification, not of others"
    if recorded:
        return f"it lapses on {in_words(last)} by itself, and no notice of that is asked for"
    rule = f"the agreement records no notice period for the {notice.given_by}"
    return f"{rule}, and none is invented"


def _by_clocks(clocks: Sequence[Clock], served: date, last: date) -> tuple[bool, date | None, str]:
    """Whether it is in time by every clock, the last safe day, and what decided."""
    first = min(clocks, key=lambda one: one.latest.advised or date.min)
    safe = first.latest.advised
    length = notice_in_words(first.clause.period)
    if safe is None:
        said = [f"{length} by {first.name}: {first.latest.rule}"]
    else:
        ends = first.latest.ends or last
        by = f"must be served by {in_words(safe)} to run out by {in_words(ends)}"
        said = [f"{length} by {first.name} {by}: {first.latest.rule}"]
    said += [one.told(last) for one in clocks if one is not first]
    return safe is not None and served <= safe, safe, "; ".join(said)


def _earliest_end(clocks: Sequence[Clock], served: date) -> date | None:
    ends = [expiry(served, one.clause, clear=one.clause.clear is not False) for one in clocks]
    found = [end for end in ends if end is not None]
    return max(found) if len(found) == len(ends) else None


def _doubt_of_service(
    service: Service, recorded: NoticeTerms, served: date, calendar: Calendar
) -> str | None:
    """What is not known of the bank holidays by which the day of service was counted, if it was."""
    rule = _rule_for(service, recorded)
    if service.sent is None or rule is None:
        return None
    return doubt_of_service(rule, read_moment(service.sent)[0], served, calendar)


def _doubts_of_periods(clocks: Sequence[Clock], served: date) -> Iterator[str | None]:
    """The same of the last safe day, and of the first end that this service could reach."""
    for one in clocks:
        if one.latest.advised is not None and one.latest.ends is not None:
            yield doubt_of_period(one.clause, one.latest.advised, one.latest.ends)
        ends = expiry(served, one.clause, clear=one.clause.clear is not False)
        if ends is not None:
            yield doubt_of_period(one.clause, served, ends)


def _with(rule: str, *doubts: str | None) -> str:
    return "; ".join([rule, *dict.fromkeys(filter(None, doubts))])


def _of_extension(
    notice: Notice, served: date, options: Sequence[ExtensionOption], doubt: str | None
) -> Verdict:
    """An option is taken up by its own day; beyond what options reach, both sides must agree."""
    end, until = notice.about_end, notice.acts_on
    if end is None or until is None:
        raise ValueError("an extension is from one end to another")
    answer = partial(Verdict, served_on=served, last_day=end, days_given=(end - served).days)
    if not options or until > _reach(options, end) + MONTH_ENDS:
        rule = f"no option of the agreement reaches {in_words(until)}: both sides must agree to it"
        return answer(in_time=None, rule=rule)
    by = options[0].exercise_by
    if by is None:
        rule = "the agreement records no day by which its option must be taken up"
        return answer(in_time=None, rule=rule)
    return answer(
        in_time=served <= by,
        days_needed=(end - by).days,
        last_safe_service=by,
        rule=_with(f"the option to extend must be taken up by {in_words(by)}", doubt),
    )


def _reach(options: Sequence[ExtensionOption], end: date) -> date:
    """How far all of these options together can take an end."""
    return max([end, *(until for _, until in option_spans(end, options) if until is not None)])
