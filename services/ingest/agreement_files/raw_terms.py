"""Cells of one record under the names of fields, made the terms of an agreement."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from services.ingest.agreement_files.durations import only_length
from services.ingest.agreement_files.entry import (
    ANNUAL,
    TOTAL,
    BuyerNamed,
    Entry,
)
from services.ingest.agreement_files.made_terms import Cells, Made, one_line
from services.ingest.agreement_files.numbers import read_numbers
from services.ingest.agreement_files.raw_options import add_notice, add_options
from services.ingest.agreement_files.register_days import NoDay, read_register_day, read_span
from services.ingest.agreement_files.yearly import annual_pence
from services.ingest.keyed_ids import keyed_id
from services.ingest.shapes.amounts import AmountForm, parse_amount
from services.ingest.shapes.cells import as_text
from services.ingest.shapes.day_form import DayForm
from shared.agreement_parts import UNKNOWN_PROGRAMME
from shared.errors import Rejected
from shared.money import format_pounds
from shared.periods import later

_DAY = timedelta(days=1)
_KINDS = (
    ("grant", "grant"),
    ("service level", "service-level-agreement"),
    ("sla", "service-level-agreement"),
)
_MOST_MONTHS = 600
_FIRST_YEAR, _LAST_YEAR = 1990, 2100  # those that a `Day` has
_USUAL = AmountForm()


def make_entry(
    cells: Cells, kind: str, buyer: BuyerNamed, form: DayForm, amounts: AmountForm = _USUAL
) -> Entry:
    """The entry of a record's cells, named by field as in header_words.toml.

    Rejected, naming the field: no provider, no first day, a day that is none of the calendar, or an
    amount that can't be read. What is vague is left out and remarked, never guessed.
    """
    made = Made()
    currency = as_text(cells.get("currency"))
    if currency and currency.upper() not in {"GBP", "£"}:
        raise Rejected(f"the amount is in {currency}: agreements are kept in pounds", "currency")
    _read_parties(cells, made, kind)
    start, end = _read_days(cells, made, form)
    _read_award(cells, made, form)
    pence, basis = _read_amount(cells, amounts)
    if pence and basis == TOTAL:
        made.said["total_amount_pence"] = pence
    _read_line(cells, made, pence, basis, start, end)
    add_options(cells, made, form, start, end)
    add_notice(cells, made)
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


def _read_parties(cells: Cells, made: Made, kind: str) -> None:
    provider = as_text(cells.get("provider"))
    if provider is None:
        raise Rejected("the provider is blank: an agreement names who delivers it", "provider")
    title = as_text(cells.get("title")) or as_text(cells.get("description"))
    if title is None:
        raise Rejected("the title is blank: say what the agreement is for", "title")
    made.said |= {
        "title": one_line(title),
        "provider": one_line(provider),
        "kind": _kind(cells, kind),
    }
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


def _read_days(cells: Cells, made: Made, form: DayForm) -> tuple[date, date | None]:
    spanned = read_span(as_text(cells.get("term")) or "") or (None, None)
    start = _first_day(cells, made, form, spanned[0])
    end = read_register_day(cells.get("end"), "end", form)
    if isinstance(end, NoDay):
        made.ongoing = end.is_open
        made.remarks.append(
            f"the end is {one_line(end.words)!r}: kept without an end, and asked about"
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


def _first_day(cells: Cells, made: Made, form: DayForm, spanned: date | None) -> date:
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


def _read_award(cells: Cells, made: Made, form: DayForm) -> None:
    awarded = read_register_day_or_none(cells.get("award_date"), form)
    if awarded is not None and _FIRST_YEAR <= awarded.year <= _LAST_YEAR:
        made.said["awarded_on"] = awarded.isoformat()


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
    cells: Cells, made: Made, pence: int | None, basis: str, start: date, end: date | None
) -> None:
    programme = as_text(cells.get("programme")) or as_text(cells.get("department"))
    line: dict[str, Any] = {
        "programme": one_line(programme or UNKNOWN_PROGRAMME),
        "annual_amount_pence": 0,
    }
    shared = as_text(cells.get("shared_value"))
    if not pence:
        line["description"] = one_line(shared or "no value is stated")
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


def _reference(cells: Cells, said: Mapping[str, Any], pence: int | None) -> tuple[str, bool]:
    """The buyer's own, else one of title, provider and start, equal in every edition.

    Of a grant the amount as well: a list of awards has several to one body on one day.
    """
    reference = as_text(cells.get("reference"))
    if reference is not None and any(map(str.isalnum, reference)):
        return one_line(reference), True
    parts = [said["title"], said["provider"], said["start"]]
    if said["kind"] == "grant":
        parts.append(str(pence or 0))
    folded = [" ".join(part.casefold().split()) for part in parts]
    return f"no reference {keyed_id('agreement-row', *folded)[:13]}", False
