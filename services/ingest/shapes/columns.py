"""Which column is which field: chosen for the whole table at once, by header words and values."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.ingest.shapes.amount_columns import debit_and_credit, settle_amount
from services.ingest.shapes.column_samples import find_column
from services.ingest.shapes.credit_marks import CREDITS, SignColumn, find_sign
from services.ingest.shapes.currency import find_currency
from services.ingest.shapes.evidence import Evidence
from services.ingest.shapes.fields import AMOUNTS, CODES, DATES, FIELDS, NEEDED
from services.ingest.shapes.payment_status import find_status
from services.ingest.shapes.question import Question
from services.ingest.shapes.questions import ask_which, say_names
from services.ingest.shapes.repeated_totals import lines_of_repeated
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.scores import MAPPED, Words, assign, main_field, score_columns
from services.ingest.shapes.summed_amounts import sums_with
from services.ingest.shapes.vocabulary import plain_header, said_by
from shared.errors import Rejected

_GROUPS = re.compile(r"\b(?:transaction|voucher|invoice|document)\b")
_NO_GROUP = re.compile(r"\b(?:run|batch|line|distribution|order|clearing)\b")
_AMOUNT = FIELDS.index("amount")
_MAY_MARK = {"unit", "expense_type", "purpose", "programme", "place", "contract_reference"}
"""Fields whose column may also say of what kind a row is: Type is an expense type to most."""


class Choice(NamedTuple):
    """The column that was chosen for a field, how certainly (0 to 1), and what it holds."""

    field: str
    place: int
    header: str
    certainty: float
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """The choices in the order of the fields; `credit` is the place of what is taken off `amount`.

    `sign` is the column of the marks by which an amount is a credit, `status` the place of what
    says that nothing was paid, `currency` that of what each is in. `not_taken` names the other
    columns of amounts, dates and codes, that the convention passed over; `notes` say what values
    proved.
    """

    choices: tuple[Choice, ...]
    questions: tuple[Question, ...]
    credit: int | None
    not_taken: tuple[str, ...]
    sign: SignColumn | None = None
    notes: tuple[str, ...] = ()
    currency: int | None = None
    status: int | None = None

    def place(self, field: str) -> int | None:
        """Where a field stands."""
        return next((each.place for each in self.choices if each.field == field), None)

    def header(self, field: str) -> str:
        """What stands above a field, "" where it has no column or no name."""
        return next((each.header for each in self.choices if each.field == field), "")

    @property
    def lacking(self) -> tuple[str, ...]:
        """The needed fields for which no column was found."""
        return tuple(field for field in NEEDED if self.place(field) is None)

    @property
    def certainty(self) -> float:
        """Of the least certain of the needed fields."""
        needed = [each.certainty for each in self.choices if each.field in NEEDED]
        return min(needed, default=0.0)


def choose_columns(
    headers: Sequence[str],
    evidence: Sequence[Evidence],
    sample: Sample,
    mapped: Mapping[str, str] | None = None,
) -> Columns:
    """One column at most for each field, one field at most for each column, the best in sum.

    A transaction's number alone is two: the reference, and the transaction that groups lines.
    `mapped` gives the header of some fields: a person's answer, which decides. Rejected: it names
    a header that the table lacks.
    """
    mapped = dict(mapped or {})
    signs_said = mapped.pop(CREDITS, None)
    answers = _places_of(mapped, headers)
    words = [said_by(header) for header in headers]
    scores = score_columns(words, list(map(bool, headers)), evidence, answers)
    pair = None if "amount" in answers else debit_and_credit(words, evidence, scores[_AMOUNT])
    if pair is not None:
        scores[_AMOUNT, :] = 0.0
        scores[:, list(pair)] = 0.0
        scores[_AMOUNT, pair[0]] = MAPPED
    taken = assign(scores)
    settled, sign, status, about_signs = None, None, None, None
    summed: list[int] = []
    if {"amount", "payee"} <= taken.keys():
        if pair is None and "amount" not in answers:
            settled = settle_amount(headers, words, sample, taken)
            if settled is not None:
                taken["amount"] = settled.place
            told = () if settled is None else settled.told_from
            summed = sums_with(words, evidence, sample, taken, told)
            summed += lines_of_repeated(words, sample, taken, told)
        amount = taken["amount"]
        others = {place for field, place in taken.items() if field not in _MAY_MARK}
        if pair is None:
            sign, about_signs = find_sign(headers, sample, amount, others, signs_said)
        status = find_status(headers, sample, amount, others)
    told_from = frozenset() if settled is None else settled.told_from
    decided = answers.keys() if pair is None else {*answers, "amount"}
    asked = [
        ask_which(
            field,
            taken,
            scores,
            headers,
            words,
            sample,
            told_from,
            summed if field == "amount" else (),
        )
        for field in NEEDED
        if field in taken and field not in decided
    ]
    asked.append(about_signs)
    notes = [] if settled is None else [settled.note]
    if sign is not None:
        notes.append(
            f"{headers[taken['amount']]} is taken as negative where {headers[sign.place]} says "
            f"that it is a credit: {', '.join(sign.said)}"
        )
    if status is not None:
        notes.append(f"rows of which {headers[status]} says that nothing was paid are rejected")
    names = list(headers)
    if pair is not None:
        names[pair[0]] = f"{headers[pair[0]]} - {headers[pair[1]]}"
    if "transaction" not in taken and groups_lines(headers, taken.get("reference")):
        taken["transaction"] = taken["reference"]
    used = {*taken.values(), *(pair or ())}
    currency = find_currency(headers, taken.get("amount"), used)
    return Columns(
        tuple(
            Choice(
                field,
                place,
                names[place],
                round(min(1.0, float(scores[_scored_as(field, place, taken), place])), 2),
                evidence[place].samples,
            )
            for field, place in taken.items()
        ),
        tuple(each for each in asked if each is not None),
        None if pair is None else pair[1],
        tuple(_not_taken(headers, words, used if currency is None else used | {currency})),
        sign,
        tuple(notes),
        currency,
        status,
    )


def groups_lines(headers: Sequence[str], reference: int | None) -> bool:
    """Whether the reference numbers what lines are split from: a transaction, voucher or invoice.

    It is the transaction too then; a number of a payment run or of a line is not.
    """
    plain = "" if reference is None else plain_header(headers[reference])
    return _GROUPS.search(plain) is not None and _NO_GROUP.search(plain) is None


def _scored_as(field: str, place: int, taken: Mapping[str, int]) -> int:
    same = field == "transaction" and taken.get("reference") == place
    return FIELDS.index("reference" if same else field)


def _not_taken(headers: Sequence[str], words: Words, used: Collection[int]) -> Iterator[str]:
    for place, header in enumerate(headers):
        if header and place not in used and main_field(words[place]) in AMOUNTS | DATES | CODES:
            yield header


def _places_of(mapped: Mapping[str, str], headers: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for field, header in mapped.items():
        if field not in FIELDS:
            raise Rejected(f"{field} is no field of a payment: {', '.join(FIELDS)}", "map")
        place = find_column(header, headers)
        if place is None:
            raise Rejected(
                f"no column is called {header!r}, which is to be the {field}; there are "
                f"{say_names(list(filter(None, headers))) or 'no headers'}",
                "map",
            )
        places[field] = place
    return places
