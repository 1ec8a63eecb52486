"""Extension and notice, out of the cells of a record."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.ingest.agreement_files.durations import only_length
from services.ingest.agreement_files.extension_words import read_options
from services.ingest.agreement_files.made_terms import Cells, Made, one_line
from services.ingest.agreement_files.register_days import read_register_day
from services.ingest.shapes.cells import as_text
from services.ingest.shapes.day_form import DayForm
from shared.extension import MONTH_ENDS
from shared.periods import later


def add_options(cells: Cells, made: Made, form: DayForm, start: date, end: date | None) -> None:
    """Add the latest end and the options to extend, as far as they are understood and agree."""
    latest = read_register_day(cells.get("maximum_end"), "maximum_end", form)
    if isinstance(latest, date):
        made.said["maximum_end"] = latest.isoformat()
    text = as_text(cells.get("extension"))
    if text is None:
        return
    options = read_options(text)
    if options is None:
        made.remarks.append(f"the extension is not understood: {one_line(text, 80)!r}")
    elif any("length" in option for option in options) and end is None:
        made.remarks.append("an extension counts from the end, and none is given")
    elif any(option.get("until", "9") <= start.isoformat() for option in options):
        made.remarks.append(f"the extension reaches a day before the start: {one_line(text, 80)!r}")
    elif isinstance(latest, date) and _reach(options, end) > latest + MONTH_ENDS:
        made.remarks.append("the extension goes beyond the latest end: part of it may be used up")
    elif options:
        made.said["extension_options"] = [_with_use(option, end) for option in options]


def _reach(options: Sequence[Mapping[str, str]], end: date | None) -> date:
    """The day to which all options together reach."""
    reached = end or date.min
    for option in options:
        if "until" in option:
            reached = date.fromisoformat(option["until"])
        else:
            reached = later(reached, option["length"])
    return reached


def _with_use(option: Mapping[str, str], end: date | None) -> dict[str, Any]:
    """The option, used up where the current end has gone as far already."""
    used = end is not None and option.get("until", "9") <= end.isoformat()
    return {**option, "used": used}


def add_notice(cells: Cells, made: Made) -> None:
    """Add the notice period that the record says in words, where it says one."""
    text = as_text(cells.get("notice"))
    if text is None:
        return
    period = only_length(text)
    if period is None:
        made.remarks.append(f"the notice period is not understood: {one_line(text, 80)!r}")
    else:
        made.said["notice_period"] = period
