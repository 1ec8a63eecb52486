"""Whether a sheet is a list of agreements, and which of its columns is what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from services.ingest.agreement_files.words import agreement_fields, agreement_words
from services.ingest.reading.sheet import Broken, Sheet
from services.ingest.shapes.amount_form import UNIT, find_amount_form
from services.ingest.shapes.amounts import AmountForm
from services.ingest.shapes.cells import Row, as_text, cell, is_blank_row
from services.ingest.shapes.columns import Choice
from services.ingest.shapes.currency import ask_currency
from services.ingest.shapes.day_form import DayForm, find_day_form
from services.ingest.shapes.evidence import samples_of
from services.ingest.shapes.header import header_names, rows_of_header
from services.ingest.shapes.question import ORDER, Question
from shared.errors import Rejected

REGISTER, NOTICES, GRANTS, GIVING = (
    "contract-register",
    "contracts-finder",
    "council-grants",
    "360giving",
)
_LOOKED_AT, _SAMPLED = 40, 5_000
_SAYS = 0.8
_DAYS = ("start", "end", "award_date", "maximum_end")
_AMOUNTS = ("annual_value", "total_value")
_USUAL_DAYS, _USUAL_AMOUNTS = DayForm(), AmountForm()

Answers = Callable[[Sequence[str]], Mapping[str, str]]


@dataclass(frozen=True)
class AgreementTable:
    """How a sheet of agreements is read; `header_end` is the number of the header's last row."""

    shape: str
    kind: str
    names: tuple[str, ...]
    header_first: int
    header_end: int
    places: Mapping[str, int]
    choices: tuple[Choice, ...]
    day_form: DayForm = _USUAL_DAYS
    amount_form: AmountForm = _USUAL_AMOUNTS
    questions: tuple[Question, ...] = field(default=())

    def cells(self, row: Row) -> dict[str, Any]:
        """A row's cells by field."""
        return {name: cell(row, place) for name, place in self.places.items()}


def find_agreement_table(sheet: Sheet, answers: Answers, title: str = "") -> AgreementTable | None:
    """The decision about a sheet; None where it is no list of agreements. `title` is one more.

    One names a provider, what for, and a first day or a day of award, and tells by a header, by
    what stands above it or by the sheet's name that it is of contracts or grants; a column of
    payment dates, invoices or transactions makes it a list of payments, whatever else it has.
    Rejected: an answer names a header that is not there.
    """
    if sheet.hidden:
        return None
    rows = sheet.rows()
    sample = [
        (each.number, each.row.row if isinstance(each.row, Broken) else each.row)
        for each in islice(rows, _SAMPLED)
    ]
    close = getattr(rows, "close", None)
    if close is not None:
        close()
    found = _find_header(sample)
    if found is None:
        return None
    first, last, names = found
    above = f"{title.casefold()} {_above(sheet, sample, first)}"
    mapped = dict(answers(names))
    order, unit = mapped.pop(ORDER, None), mapped.pop(UNIT, None)
    try:
        scores = _choose(names, mapped)
    except Rejected:
        if _shape_of(names, above, _choose(names, {})) is None:
            return None  # the answer is about a table of another kind
        raise
    shape = _shape_of(names, above, scores)
    if shape is None:
        return None
    places = {name: place for name, (place, _) in scores.items()}
    body = [row for number, row in sample if number > last and not is_blank_row(row)]
    days = [as_day for name in _DAYS if name in places for as_day in _column(body, places[name])]
    day_form, question = find_day_form(list(dict.fromkeys(days)), "", "", order)
    # Of an agreement a month alone is no day: notice runs to a day.
    day_form = day_form._replace(months=False)
    of_amounts = [places[name] for name in _AMOUNTS if name in places]
    amounts = [value for place in of_amounts for value in _column(body, place)]
    said = [names[place] for place in of_amounts]
    amount_form, about_amounts = find_amount_form(amounts, " ".join(said), "", unit)
    about_currency = ask_currency(said, unit)
    choices = tuple(
        Choice(name, place, names[place], round(score, 2), samples_of(_column(body, place)))
        for name, (place, score) in scores.items()
    )
    asked = tuple(each for each in (question, about_amounts, about_currency) if each is not None)
    kind = "grant" if shape in {GRANTS, GIVING} else "contract"
    return AgreementTable(
        shape, kind, names, first, last, places, choices, day_form, amount_form, asked
    )


def _above(sheet: Sheet, sample: Sequence[tuple[int, Row]], first: int) -> str:
    """The sheet's name and its titles, as text to look for words in."""
    titles = (as_text(value) or "" for number, row in sample if number < first for value in row)
    return " ".join([sheet.name, *titles]).casefold()


def _column(body: Sequence[Row], place: int) -> list[Any]:
    return [value for row in body if (value := cell(row, place)) not in {None, ""}]


def _find_header(sample: Sequence[tuple[int, Row]]) -> tuple[int, int, tuple[str, ...]] | None:
    """The row of the first rows that says the most fields, three at the least."""
    best: tuple[int, int, tuple[str, ...]] | None = None
    most = 2
    looked = rows_of_header([row for _, row in sample[:_LOOKED_AT]], _LOOKED_AT)
    for (number, _), row in zip(sample, looked, strict=False):
        names = header_names(row)
        fields = set(map(_main, filter(None, names))) - {""}
        if len(fields) > most:
            best, most = (number, number, names), len(fields)
    return best


def _main(name: str) -> str:
    words = agreement_words(name)
    field = max(words, key=lambda each: words[each], default="")
    return field if field and words[field] >= _SAYS else ""


def _choose(names: Sequence[str], mapped: Mapping[str, str]) -> dict[str, tuple[int, float]]:
    """One column for each field, one field for each column, the surest first, then leftmost."""
    folded = [name.casefold() for name in names]
    chosen: dict[str, tuple[int, float]] = {}
    for field_name, header in mapped.items():
        if field_name not in agreement_fields():
            known = ", ".join(agreement_fields())
            raise Rejected(f"{field_name} is no field of an agreement: {known}", "map")
        if header.strip().casefold() not in folded:
            raise Rejected(
                f"no column is called {header!r}, which is to be the {field_name}", "map"
            )
        chosen[field_name] = (folded.index(header.strip().casefold()), 1.0)
    scored = sorted(
        (-score, place, field_name)
        for place, name in enumerate(names)
        for field_name, score in agreement_words(name).items()
        if score >= _SAYS - 0.1
    )
    taken = {place for place, _ in chosen.values()}
    for score, place, field_name in scored:
        if field_name not in chosen and place not in taken:
            chosen[field_name] = (place, -score)
            taken.add(place)
    return _awarded_to(names, chosen)


def _awarded_to(
    names: Sequence[str], chosen: dict[str, tuple[int, float]]
) -> dict[str, tuple[int, float]]:
    """A list of awards that names one body a row names whom they went to, not who made them."""
    of_one_body = "buyer" in chosen and not {"provider", "suppliers"} & chosen.keys()
    if "award_date" in chosen and of_one_body:
        score = agreement_words(names[chosen["buyer"][0]]).get("provider", 0.0)
        if score >= _SAYS:
            chosen["provider"] = (chosen.pop("buyer")[0], score)
    return chosen


def _shape_of(names: Sequence[str], above: str, chosen: Mapping[str, Any]) -> str | None:
    plain = [name.casefold() for name in names]
    if "suppliers" in chosen and "reference" in chosen:
        return NOTICES
    if not _is_of_agreements(chosen):
        return None
    if "notice_type" in chosen:
        return NOTICES
    if _is_of_360giving(plain, chosen):
        return GIVING
    of_contracts = any(map(_of_contracts, plain))
    titled = "grant" in above and not of_contracts and not _of_contracts(above)
    if titled or any("grant" in name for name in plain):
        return GRANTS
    return REGISTER if of_contracts or "end" in chosen else None


def _of_contracts(text: str) -> bool:
    return "contract" in text or "agreement" in text


def _is_of_agreements(chosen: Mapping[str, Any]) -> bool:
    """Whether it says who delivers what from which day, and is no list of payments."""
    what_for = "title" in chosen or "description" in chosen
    dated = "start" in chosen or "award_date" in chosen
    return "paid" not in chosen and "provider" in chosen and what_for and dated


def _is_of_360giving(plain: Sequence[str], chosen: Mapping[str, Any]) -> bool:
    words = ("360g", "recipient org", "funding org")
    by_ids = all(name in chosen for name in ("buyer_id", "provider_id", "award_date"))
    return by_ids or any(word in name for name in plain for word in words)
