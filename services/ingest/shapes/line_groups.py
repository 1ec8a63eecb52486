"""Rows of a table that belong together: the lines that bear one number and go to one payee."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from services.ingest.shapes.cells import as_text
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.scores import Words, main_field

_MOST_NUMBERS = 5
_NUMBERS = ("reference", "transaction")


class Numbered(NamedTuple):
    """The rows that bear one number and payee with others, and those whose number stands once."""

    several: list[list[int]]
    alone: list[int]


def groups_by_number(words: Words, sample: Sample, taken: Mapping[str, int]) -> Iterator[Numbered]:
    """For each column of numbers, how it groups the first rows where it does; the reference first.

    A list of invoices may have the number of the payment beside them, or of the transaction.
    """
    named = [taken[field] for field in _NUMBERS if field in taken]
    said = [place for place, each in enumerate(words) if main_field(each) in _NUMBERS]
    numbers = list(islice(dict.fromkeys((*named, *said)), _MOST_NUMBERS))
    payees = [as_text(each) for each in sample.first(taken["payee"])] if numbers else []
    for place in numbers:
        groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for row, (number, payee) in enumerate(zip(sample.first(place), payees, strict=True)):
            if (said_number := as_text(number)) is not None:
                groups[said_number, payee].append(row)
        if several := [rows for rows in groups.values() if len(rows) > 1]:
            yield Numbered(several, [rows[0] for rows in groups.values() if len(rows) == 1])
