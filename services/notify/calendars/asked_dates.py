"""A question of notice arithmetic as a person asks it, and the answer with its working."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from services.notify.dates.bank_holidays import Calendars
from services.notify.dates.clause import (
    Clause,
    clause_of,
    closing,
    counting,
    doubt_of_period,
    expiry,
    latest_safe_service,
)
from services.notify.dates.deemed_service import (
    doubt_of_service,
    latest_hour,
    send_by,
    served_on,
)
from services.notify.dates.words import in_words, notice_in_words
from services.notify.dates.working_days import Calendar
from shared.envelope import explain
from shared.errors import Rejected
from shared.fields import Day, DeemedRule, Form, NoticePeriod
from shared.notice_terms import DeemedService, Division, ExpiresOn, NoticeTerms
from shared.periods import fits_the_term

Moment = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d(?:T(?:[01]\d|2[0-3]):[0-5]\d)?$"),
    Form("a moment such as 2026-11-26 or 2026-11-26T16:30"),
]
_NOT_COUNTED = "; the day of service not counted"
_ANY_CHANNEL = "this-channel"
AskedT = TypeVar("AskedT", bound="Asked")


@dataclass(frozen=True, slots=True)
class Worked:
    """The day that was asked for, how it was worked out, and what may be wrong with it."""

    day: date
    explained: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Asked(BaseModel):
    """What every question says: the length of notice and how the agreement counts it."""

    model_config = ConfigDict(frozen=True, strict=True)

    notice: NoticePeriod
    clear: bool
    deemed: DeemedRule | None = None
    division: Division
    expires_on: ExpiresOn
    break_date: tuple[Day, ...] = ()
    earliest_end: Day | None = None

    def clause(self, calendar: Calendar) -> Clause:
        """Its terms, to count by; Rejected when they contradict each other.

        Without `clear` nothing is said of how the agreement counts: both readings are worked out.
        """
        try:
            terms = NoticeTerms(
                buyer_period=self.notice,
                buyer_earliest_end=self.earliest_end,
                clear=self.clear or None,
                expires_on=self.expires_on,
                break_dates=self.break_date,
                division=self.division,
            )
        except ValidationError as error:
            raise explain(error) from error
        found = clause_of(terms, "buyer", calendar)
        if found is None:
            raise ValueError("a question has a length of notice")
        return found

    def doubts(self, clause: Clause, sent: date, served: date, ends: date) -> list[str]:
        """What is not known of the bank holidays by which these days were counted."""
        found = [doubt_of_period(clause, served, ends)]
        if self.deemed is not None:
            found.append(doubt_of_service(self.deemed, sent, served, clause.calendar))
        return list(dict.fromkeys(filter(None, found)))


class ExpiresAsked(Asked):
    """When a notice runs out that was served on a day, or sent at a moment."""

    served: Day | None = None
    sent: Moment | None = None

    def work(self, calendars: Calendars) -> Worked:
        """The last day of the notice."""
        calendar = calendars.of(self.division)
        clause = self.clause(calendar)
        sent, served, explained = self._service(calendar)
        ends = expiry(served, clause, clear=self.clear)
        if ends is None:
            raise Rejected(
                f"break_date: none is left for a notice served on {served}", "break_date"
            )
        runs_out = f"runs out at the end of {in_words(ends)}: {counting(clause)}{closing(clause)}"
        how = notice_in_words(self.notice) + (" in clear days" if self.clear else "")
        explained.append(f"{how}, served on {in_words(served)}, {runs_out}{_NOT_COUNTED}")
        return Worked(ends, explained, self.doubts(clause, sent, served, ends))

    def _service(self, calendar: Calendar) -> tuple[date, date, list[str]]:
        if (self.served is None) == (self.sent is None):
            raise Rejected("served: give it, or instead sent with deemed", "served")
        if (self.sent is None) != (self.deemed is None):
            raise Rejected("deemed: belongs to sent, and the other way round", "deemed")
        if self.served is not None:
            return self.served, self.served, []
        day, at = read_moment(self.sent or "")
        rule = self.deemed or ""
        hour = latest_hour(rule)
        if hour is not None and at is None:
            raise Rejected(
                f"sent needs the time of day, as in {day}T09:30: {rule} counts by it", "sent"
            )
        late = hour is not None and at is not None and at >= hour
        served = served_on(day, rule, calendar, late=late)
        return day, served, [f"sent on {in_words(day)} it counts as served on {in_words(served)}"]


class LatestServiceAsked(Asked):
    """The last day to serve, or to send, so that an agreement ends by a day."""

    end: Day
    start: Day | None = None

    def work(self, calendars: Calendars) -> Worked:
        """The last day of service in the reading asked for; with a rule, the last day to send."""
        if self.start is not None and self.end < self.start:
            raise Rejected(f"end {self.end} is before the start, {self.start}", "end")
        if self.start is not None and not fits_the_term(self.notice, self.start, self.end):
            raise Rejected(
                f"notice {self.notice} is longer than the term, from {self.start} to {self.end}",
                "notice",
            )
        clause = self.clause(calendars.of(self.division))
        latest = latest_safe_service(self.end, clause)
        served = latest.advised if self.clear else latest.plain
        if served is None or latest.ends is None:
            raise Rejected(f"end: {latest.rule}", "end")
        explained = [f"{notice_in_words(self.notice)}; {latest.said}{_NOT_COUNTED}"]
        if served != latest.advised:
            explained.append(
                f"not counted in clear days, as printed, it may be served by {in_words(served)}: "
                "unless the agreement says how days are counted, keep to the earlier day"
            )
        if self.start is not None and served < self.start:
            explained.append(f"{in_words(served)} is before the agreement starts")
        day = self._sent(served, clause.calendar, explained)
        if not clause.calendar.is_working_day(day):
            explained.append(f"{in_words(day)}, {day:%A}, is no working day ({self.division})")
        return Worked(day, explained, self.doubts(clause, day, served, latest.ends))

    def _sent(self, served: date, calendar: Calendar, explained: list[str]) -> date:
        if self.deemed is None:
            return served
        by = send_by(served, DeemedService(channel=_ANY_CHANNEL, rule=self.deemed), calendar)
        explained.append(by.in_words)
        return by.day


def read_asked(question: type[AskedT], given: Mapping[str, object]) -> AskedT:
    """A question from options by name; Rejected names the one at fault."""
    if given["notice"] is None:
        raise Rejected(
            "notice is missing: where an agreement records no period none is invented, and the "
            "buyer's policy may ask for one",
            "notice",
        )
    said = {name: value for name, value in given.items() if value is not None}
    try:
        return question.model_validate_json(json.dumps(said), extra="forbid")
    except ValidationError as error:
        raise explain(error) from error


def read_moment(written: str) -> tuple[date, time | None]:
    """A `Moment` as its day and, where it says one, its time; Rejected for a day that is none."""
    day, _, at = written.partition("T")
    try:
        return date.fromisoformat(day), time.fromisoformat(at) if at else None
    except ValueError as error:
        raise Rejected(f"sent must be a day of the calendar: {written}", "sent") from error
