"""Which column is which field: chosen for the whole table at once, by header words and values."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from services.ingest.shapes.evidence import Evidence
from services.ingest.shapes.fields import AMOUNTS, CREDIT, DATES, DEBIT, FIELDS, FITS, NEEDED
from services.ingest.shapes.vocabulary import said_by
from shared.errors import Rejected

_OF_WORDS, _OF_VALUES = 0.6, 0.4
_NEEDED_WEIGHT = 3.0
_LEAST_FIT = {"payment_date": 0.4, "amount": 0.5, "payee": 0.35}
_LEAST_FIT_OF_OTHERS = 0.3
_LEAST_SAID = 0.6
_BY_VALUES_ALONE = 0.6
_CLOSE = 0.03
_CLOSE_UNSAID = 0.015
_SAME_UP_TO = 0.01
_FEW = 4
_SURE = 0.95
_NAMED_OUTRIGHT, _FIT_OF_FEW = 0.8, 0.25
_THOUSANDS = re.compile(r"0{3}s?\b|thousand|\bk\b", re.IGNORECASE)
_MAPPED = 1.0

Differ = Callable[[int, int], float]
"""The share of rows in which two columns say something else."""


class Choice(NamedTuple):
    """The column that was chosen for a field, how certainly (0 to 1), and what it holds."""

    field: str
    place: int
    header: str
    certainty: float
    samples: tuple[str, ...]


class Question(NamedTuple):
    """What a person must answer before the table can be read."""

    field: str
    question: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Columns:
    """The choices in the order of the fields; `credit` is the place of what is taken off `amount`.

    `not_taken` names the other columns of amounts and dates, that the convention passed over.
    """

    choices: tuple[Choice, ...]
    questions: tuple[Question, ...]
    credit: int | None
    not_taken: tuple[str, ...]

    def place(self, field: str) -> int | None:
        """Where a field stands."""
        return next((each.place for each in self.choices if each.field == field), None)

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
    differ: Differ,
    mapped: Mapping[str, str] | None = None,
) -> Columns:
    """One column at most for each field, one field at most for each column, the best in sum.

    `mapped` gives the header of some fields: a person's answer, which decides. Rejected: it names
    a header that the table lacks.
    """
    answers = _places_of(mapped or {}, headers)
    words = [said_by(header) for header in headers]
    scores = np.zeros((len(FIELDS), len(headers)))
    for row, field in enumerate(FIELDS):
        for place, seen in enumerate(evidence):
            scores[row, place] = _score(field, words[place], seen, named=bool(headers[place]))
        if field in answers:
            scores[row, :] = 0.0
            scores[row, answers[field]] = 10 * _MAPPED
    pair = None if "amount" in answers else _debit_and_credit(words, evidence, scores)
    if pair is not None:
        scores[FIELDS.index("amount"), :] = 0.0
        scores[:, list(pair)] = 0.0
        scores[FIELDS.index("amount"), pair[0]] = _MAPPED
    taken = _assign(scores)
    choices = [
        Choice(
            field,
            place,
            headers[place]
            if pair is None or field != "amount"
            else f"{headers[pair[0]]} - {headers[pair[1]]}",
            round(min(1.0, float(scores[FIELDS.index(field), place])), 2),
            evidence[place].samples,
        )
        for field, place in taken.items()
    ]
    questions = [
        question
        for field in NEEDED
        if field in taken and field not in answers and (pair is None or field != "amount")
        for question in _asked(field, taken, scores, headers, words, differ)
    ]
    not_taken = [
        header
        for place, header in enumerate(headers)
        if header
        and place not in taken.values()
        and (pair is None or place not in pair)
        and _main(words[place]) in AMOUNTS | DATES
    ]
    return Columns(
        tuple(choices), tuple(questions), pair[1] if pair is not None else None, tuple(not_taken)
    )


def _places_of(mapped: Mapping[str, str], headers: Sequence[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    folded = [header.strip().casefold() for header in headers]
    for field, header in mapped.items():
        if field not in FIELDS:
            raise Rejected(f"{field} is no field of a payment: {', '.join(FIELDS)}", "map")
        if header.strip().casefold() not in folded:
            raise Rejected(
                f"no column is called {header!r}, which is to be the {field}; there are "
                f"{', '.join(filter(None, headers)) or 'no headers'}",
                "map",
            )
        places[field] = folded.index(header.strip().casefold())
    return places


def _main(words: Mapping[str, float]) -> str:
    """The field that a header says most of all."""
    return max(words, key=lambda field: words[field], default="")


def _score(field: str, words: Mapping[str, float], seen: Evidence, *, named: bool) -> float:
    """How well a column would be this field, 0 to 1; 0 where it can't be."""
    said = words.get(field, 0.0)
    rival = max((share for other, share in words.items() if other != field), default=0.0)
    if rival > said:
        said = max(0.0, 2 * said - rival)
    fit = FITS[field](seen)
    if field in NEEDED:
        elsewhere = said == 0 and rival >= _SURE  # its header says outright that it is another
        if seen.cells < _FEW and said >= _NAMED_OUTRIGHT:
            fit = max(fit, _FIT_OF_FEW)
        elif elsewhere or not _may_be(field, said, fit):
            return 0.0
    elif said < _LEAST_SAID or not named or (seen.cells and fit < _LEAST_FIT_OF_OTHERS):
        return 0.0
    return _OF_WORDS * said + _OF_VALUES * fit


def _may_be(field: str, said: float, fit: float) -> bool:
    """Whether values fit a needed field at all, and well where the header hardly says it."""
    return fit >= (_LEAST_FIT[field] if said >= _BY_VALUES_ALONE else _BY_VALUES_ALONE)


def _debit_and_credit(
    words: Sequence[Mapping[str, float]], evidence: Sequence[Evidence], scores: np.ndarray
) -> tuple[int, int] | None:
    """The places of a pair of columns whose difference is the amount; None where one is better."""

    def find(field: str) -> int | None:
        said = [
            place
            for place, each in enumerate(words)
            if each.get(field, 0.0) >= _SURE
            and (evidence[place].amounts >= _LEAST_FIT["amount"] or not evidence[place].cells)
        ]
        return said[0] if len(said) == 1 else None

    debit, credit = find(DEBIT), find(CREDIT)
    if debit is None or credit is None:
        return None
    others = [
        score
        for place, score in enumerate(scores[FIELDS.index("amount")])
        if place not in {debit, credit} and words[place].get("amount", 0.0) >= _LEAST_SAID
    ]
    return None if max(others, default=0.0) > 0 else (debit, credit)


def _assign(scores: np.ndarray) -> dict[str, int]:
    weights = np.array([_NEEDED_WEIGHT if field in NEEDED else 1.0 for field in FIELDS])
    leftmost = np.arange(scores.shape[1]) * 1e-6
    gain = np.where(scores > 0, scores * weights[:, None] - leftmost[None, :], 0.0)
    rows, places = linear_sum_assignment(-gain)
    pairs = zip(rows.tolist(), places.tolist(), strict=True)
    return {FIELDS[row]: place for row, place in pairs if scores[row, place] > 0}


def _asked(
    field: str,
    taken: Mapping[str, int],
    scores: np.ndarray,
    headers: Sequence[str],
    words: Sequence[Mapping[str, float]],
    differ: Differ,
) -> list[Question]:
    """What must be asked of a needed field: another column is as good, or money in thousands."""
    place, row = taken[field], FIELDS.index(field)
    said = words[place].get(field, 0.0)
    close = _CLOSE if said else _CLOSE_UNSAID
    others = [
        other
        for other, score in enumerate(scores[row])
        if other != place
        and score > 0
        and score >= scores[row, place] - close
        and (not said or words[other].get(field, 0.0) >= said - close)
        and (other not in taken.values() or _main(words[other]) == field)
        and differ(place, other) > _SAME_UP_TO
    ]
    questions = []
    if others:
        names = tuple(headers[each] or f"column {each + 1}" for each in (place, *others))
        questions.append(
            Question(
                field,
                f"which column is the {field.replace('_', ' ')}: {' or '.join(names)}? "
                f'Say --map {field}="{names[0]}"',
                names,
            )
        )
    if field == "amount" and _THOUSANDS.search(headers[place]):
        questions.append(
            Question(
                field,
                f"{headers[place]} looks like thousands of pounds: if they are pounds, say "
                f'--map amount="{headers[place]}"',
                (headers[place],),
            )
        )
    return questions
