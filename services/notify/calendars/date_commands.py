"""`python -m services.notify dates`: notice arithmetic without broker or database.

Standard output holds one ISO date and nothing else; how it was worked out, and warnings, go to
standard error. Errors name the option and end with code 2.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from services.notify.calendars.asked_dates import (
    ExpiresAsked,
    LatestServiceAsked,
    Worked,
    read_asked,
)
from services.notify.dates.bank_holidays import (
    NO_EXTRA_DAYS,
    SHIPPED,
    Calendars,
    read_calendars,
    read_file,
)
from shared.command_line import WRONG, failed
from shared.errors import Rejected

dates_app = typer.Typer(no_args_is_help=True, help="When a notice runs out; when to serve it.")

_Notice = Annotated[
    str | None,
    typer.Option(
        help="How long it is: P6M, P13W, P30D, P1Y, or working days as 10WD", metavar="PERIOD"
    ),
]
_Clear = Annotated[
    bool, typer.Option("--clear", help="Count clear days: neither the first nor the last")
]
_Deemed = Annotated[
    str | None,
    typer.Option(
        help="When what is sent counts as served: 2WD, 2D, 2D+WD, 0WD@17:00", metavar="RULE"
    ),
]
_Division = Annotated[
    str, typer.Option(help="Whose bank holidays: england-and-wales, scotland or northern-ireland")
]
_ExpiresOn = Annotated[
    str,
    typer.Option(help="On which days it can end: any-day, month-end, quarter-day or break-date"),
]
_BreakDates = Annotated[
    list[str] | None,
    typer.Option(
        "--break-date", help="A day on which it may end, YYYY-MM-DD; repeated for several"
    ),
]
_EarliestEnd = Annotated[
    str | None, typer.Option(help="No notice ends it before this day", metavar="YYYY-MM-DD")
]
_Served = Annotated[
    str | None, typer.Option(help="The day on which it is served", metavar="YYYY-MM-DD")
]
_End = Annotated[
    str | None, typer.Option(help="The last day of the agreement", metavar="YYYY-MM-DD")
]
_Start = Annotated[
    str | None,
    typer.Option(help="Its first day: nothing can be served before", metavar="YYYY-MM-DD"),
]
_Calendar = Annotated[
    Path,
    typer.Option(
        help="Bank holidays as GOV.UK publishes them",
        metavar="FILE.json",
        show_default="those that came with the program",
    ),
]
_ExtraDays = Annotated[
    Path | None,
    typer.Option(help="Further days that are none of work, in the same form", metavar="FILE.json"),
]
_ENGLAND = "england-and-wales"


@dates_app.command("expires")
def say_expiry(
    served: _Served = None,
    sent: Annotated[
        str | None,
        typer.Option(
            help="Instead of --served, with --deemed: when it is sent",
            metavar="YYYY-MM-DD[THH:MM]",
        ),
    ] = None,
    notice: _Notice = None,
    *,
    clear: _Clear = False,
    deemed: _Deemed = None,
    division: _Division = _ENGLAND,
    expires_on: _ExpiresOn = "any-day",
    break_dates: _BreakDates = None,
    earliest_end: _EarliestEnd = None,
    calendar: _Calendar = SHIPPED,
    extra_days: _ExtraDays = None,
) -> None:
    """Print the last day of a notice: it runs out at the end of that day."""
    given = {
        "served": served,
        "sent": sent,
        "notice": notice,
        "clear": clear,
        "deemed": deemed,
        "division": division,
        "expires_on": expires_on,
        "break_date": break_dates,
        "earliest_end": earliest_end,
    }
    _say(lambda calendars: read_asked(ExpiresAsked, given).work(calendars), calendar, extra_days)


@dates_app.command("latest-service")
def say_latest_service(
    end: _End = None,
    notice: _Notice = None,
    *,
    clear: _Clear = False,
    deemed: _Deemed = None,
    division: _Division = _ENGLAND,
    start: _Start = None,
    expires_on: _ExpiresOn = "any-day",
    break_dates: _BreakDates = None,
    earliest_end: _EarliestEnd = None,
    calendar: _Calendar = SHIPPED,
    extra_days: _ExtraDays = None,
) -> None:
    """Print the last day to serve so that the agreement ends by --end; with --deemed, to send.

    Without --clear that is the plain reading; where clear days would need an earlier one, standard
    error says which.
    """
    given = {
        "end": end,
        "notice": notice,
        "clear": clear,
        "deemed": deemed,
        "division": division,
        "start": start,
        "expires_on": expires_on,
        "break_date": break_dates,
        "earliest_end": earliest_end,
    }
    _say(
        lambda calendars: read_asked(LatestServiceAsked, given).work(calendars),
        calendar,
        extra_days,
    )


def _say(work: Callable[[Calendars], Worked], calendar: Path, extra_days: Path | None) -> None:
    try:
        extra = read_file(extra_days) if extra_days else NO_EXTRA_DAYS
        worked = work(read_calendars(read_file(calendar), extra, read_file(SHIPPED)))
    except Rejected as error:
        raise failed(error.reason, WRONG) from error
    for line in worked.explained:
        sys.stderr.write(f"{line}\n")
    for line in worked.warnings:
        sys.stderr.write(f"WARNING: {line}\n")
    sys.stdout.write(f"{worked.day.isoformat()}\n")
