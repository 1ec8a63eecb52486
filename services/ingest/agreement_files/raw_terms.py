"""Cells of one record under the names of fields, made the terms of an agreement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from typing import Any

from dateutil.relativedelta import relativedelta

from services.ingest.agreement_files.durations import only_length
from services.ingest.agreement_files.entry import (
    ANNUAL,
    TOTAL,
    UNKNOWN_PROGRAMME,
    BuyerNamed,
    Entry,
)
from services.ingest.agreement_files.extension_words import read_options
from services.ingest.agreement_files.numbers import read_numbers
from services.ingest.agreement_files.register_days import NoDay, read_register_day, read_span
from services.ingest.agreement_files.yearly import annual_pence
from services.ingest.amounts import AmountForm, parse_amount
from services.ingest.shapes.cells import as_text
from services.ingest.shapes.forms import DayForm
from shared.errors import Rejected
from shared.extension import MONTH_ENDS
from shared.identity import identify
from shared.money import format_pounds
from shared.periods import later

_LINE = 200
_DAY = timedelta(days=1)
_KINDS = (
    ("grant", "grant"),
    ("service level", "service-level-agreement"),
    ("sla", "service-level-agreement"),
)
_MOST_MONTHS = 600
_USUAL = AmountForm()

Cells = Mapping[str, Any]


@dataclass
class _Made:
    """The terms while they are made, and what is remarked of them."""

    said: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    ongoing: bool = False


def make_entry(
    cells: Cells, kind: str, buyer: BuyerNamed, form: DayForm, amounts: AmountForm = _USUAL
) -> Entry:
    """The entry of a record's cells, named by field as in header_words.toml.

    Rejected, naming the field: no provider, no first day, a day that is none of the calendar, or an
    amount that can't be read. What is vague is left out and remarked, never guessed.
    """
    made = _Made()
    currency = as_text(cells.get("currency"))
    if currency and currency.upper() not in {"GBP", "£"}:
        raise Rejected(f"the amount is in {currency}: agreements are kept in pounds", "currency")
    _read_parties(cells, made, kind)
    start, end = _read_days(cells, made, form)
    pence, basis = _read_amount(cells, amounts)
    _read_line(cells, made, pence, basis, start, end)
    _read_options(cells, made, form, start, end)
    _read_notice(cells, made)
    reference, keyed = _reference(cells, made.said, pence)
    updated = read_register_day_or_none(cells.get("updated"), form)
    return Entry(
        {"reference": reference, **made.said},
        buyer,
        made.ongoing,
        pence or 0,
        basis if pence else "",
        tuple(made.remarks),
        updated,
        keyed=keyed,
    )


def read_register_day_or_none(value: Any, form: DayForm) -> date | None:
    """The day of a cell that nothing hangs on: None where it is not plainly one."""
    try:
        day = read_register_day(value, "day", form)
    except Rejected:
        return None
    return day if isinstance(day, date) else None


def _read_parties(cells: Cells, made: _Made, kind: str) -> None:
    provider = as_text(cells.get("provider"))
    if provider is None:
        raise Rejected("the provider is blank: an agreement names who delivers it", "provider")
    title = as_text(cells.get("title")) or as_text(cells.get("description"))
    if title is None:
        raise Rejected("the title is blank: say what the agreement is for", "title")
    made.said |= {"title": _line(title), "provider": _line(provider), "kind": _kind(cells, kind)}
    numbers = read_numbers(
        cells.get("company_number"), cells.get("charity_number"), cells.get("provider_id")
    )
    if numbers.company:
        made.said["company_number"] = numbers.company
    if numbers.charity:
        made.said["charity_number"] = numbers.charity


def _kind(cells: Cells, usual: str) -> str:
    said = (as_text(cells.get("kind")) or "").lower()
    return next((kind for word, kind in _KINDS if word in said), usual)


def _read_days(cells: Cells, made: _Made, form: DayForm) -> tuple[date, date | None]:
    spanned = read_span(as_text(cells.get("term")) or "") or (None, None)
    start = _first_day(cells, made, form, spanned[0])
    end = read_register_day(cells.get("end"), "end", form)
    if isinstance(end, NoDay):
        made.ongoing = end.is_open
        made.remarks.append(
            f"the end is {_line(end.words)!r}: kept without an end, and asked about"
        )
        end = None
    elif end is None:
        end = _end_by_term(cells, start, spanned[1])
        if end is None:
            made.remarks.append("no end is given: kept without one, and asked about")
    made.said["start"] = start.isoformat()
    if end is not None:
        made.said["end"] = end.isoformat()
    return start, end


def _first_day(cells: Cells, made: _Made, form: DayForm, spanned: date | None) -> date:
    start = read_register_day(cells.get("start"), "start", form)
    if isinstance(start, NoDay):
        raise Rejected(
            "the start is not known yet: an agreement is registered once its first day is",
            "start",
        )
    if start is not None:
        return start
    if spanned is not None:
        return spanned
    awarded = read_register_day(cells.get("award_date"), "award_date", form)
    if not isinstance(awarded, date):
        raise Rejected("the start is blank: an agreement has a first day", "start")
    made.remarks.append("no start is given: the day of award stands for it")
    return awarded


def _end_by_term(cells: Cells, start: date, spanned: date | None) -> date | None:
    """The last day of a length that the record states in months or words, else of its period."""
    months = as_text(cells.get("duration_months"))
    if months and months.isdigit() and 0 < int(months) <= _MOST_MONTHS:
        return start + relativedelta(months=int(months)) - _DAY
    if spanned is not None:
        return spanned
    length = only_length(as_text(cells.get("term")) or "")
    return None if length is None else later(start, length) - _DAY


def _read_amount(cells: Cells, form: AmountForm) -> tuple[int | None, str]:
    """The pence that a record states, and of what; None where it states none, as `-` or `TBC`."""
    for name, basis in (("annual_value", ANNUAL), ("total_value", TOTAL)):
        value = cells.get(name)
        text = as_text(value)
        if text is None or not any(map(str.isdigit, text)):
            continue
        parsed = parse_amount(value, form)
        if parsed is None:
            raise Rejected(f"the {name.replace('_', ' ')} is {text!r}, which is no amount", name)
        if parsed.pence < 0:
            raise Rejected(f"the {name.replace('_', ' ')} is negative", name)
        return parsed.pence, basis
    return None, ""


def _read_line(
    cells: Cells, made: _Made, pence: int | None, basis: str, start: date, end: date | None
) -> None:
    programme = as_text(cells.get("programme")) or as_text(cells.get("department"))
    line: dict[str, Any] = {
        "programme": _line(programme or UNKNOWN_PROGRAMME),
        "annual_amount_pence": 0,
    }
    shared = as_text(cells.get("shared_value"))
    if not pence:
        line["description"] = _line(shared or "no value is stated")
        made.remarks.append("no value is given: the amount a year is not known")
    elif basis == ANNUAL:
        line["annual_amount_pence"] = pence
    elif end is None or end < start:
        line["description"] = f"£{format_pounds(pence)} in all; a year's share is not known"
        made.remarks.append("a total without an end: the amount a year is not known")
    else:
        line["annual_amount_pence"] = annual_pence(pence, start, end)
        line["description"] = f"£{format_pounds(pence)} in all, as the register states it"
    made.said["lines"] = [line]


def _read_options(cells: Cells, made: _Made, form: DayForm, start: date, end: date | None) -> None:
    latest = read_register_day(cells.get("maximum_end"), "maximum_end", form)
    if isinstance(latest, date):
        made.said["maximum_end"] = latest.isoformat()
    text = as_text(cells.get("extension"))
    if text is None:
        return
    options = read_options(text)
    if options is None:
        made.remarks.append(f"the extension is not understood: {_line(text, 80)!r}")
    elif any("length" in option for option in options) and end is None:
        made.remarks.append("an extension counts from the end, and none is given")
    elif any(option.get("until", "9") <= start.isoformat() for option in options):
        made.remarks.append(f"the extension reaches a day before the start: {_line(text, 80)!r}")
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


def _read_notice(cells: Cells, made: _Made) -> None:
    text = as_text(cells.get("notice"))
    if text is None:
        return
    period = only_length(text)
    if period is None:
        made.remarks.append(f"the notice period is not understood: {_line(text, 80)!r}")
    else:
        made.said["notice_period"] = period


def _reference(cells: Cells, said: Mapping[str, Any], pence: int | None) -> tuple[str, bool]:
    """The buyer's own, else one of title, provider and start, equal in every edition.

    Of a grant the amount as well: a list of awards has several to one body on one day.
    """
    reference = as_text(cells.get("reference"))
    if reference is not None and any(map(str.isalnum, reference)):
        return _line(reference), True
    parts = [said["title"], said["provider"], said["start"]]
    if said["kind"] == "grant":
        parts.append(str(pence or 0))
    folded = [" ".join(part.casefold().split()) for part in parts]
    return f"no reference {identify('agreement-row', *folded)[:13]}", False


def _line(text: str, most: int = _LINE) -> str:
    """On one line, the marks of HTML read, shortened to what a field may hold."""
    plain = " ".join(unescape(text).split())
    return plain if len(plain) <= most else f"{plain[: most - 3]}..."
