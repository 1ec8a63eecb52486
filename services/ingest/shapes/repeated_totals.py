"""An amount that stands in every line of a payment, beside lines that do not quite add up to it."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from services.ingest.shapes.amount_columns import Pence, adds_up, pence_of
from services.ingest.shapes.line_groups import groups_by_number
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.scores import Words, main_field

_NEARLY_ALL = 0.95
_MOST = 0.5
_LEAST_GROUPS = 2
_LEAST_ROWS = 3
"""Of one group alone: two equal amounts may be chance."""
_MOST_COLUMNS = 20


def lines_of_repeated(
    words: Words, sample: Sample, taken: Mapping[str, int], told_from: Collection[int]
) -> list[int]:
    """The columns of amounts that may be those of the lines, where the chosen one repeats.

    It is one sum in nearly every group of rows that bear one number, and not the same in all;
    another adds up to it in most of them, or differs from line to line. From those in `told_from`
    the chosen one is told already.
    """
    passed = {*taken.values(), *told_from}
    others = (
        place
        for place, each in enumerate(words)
        if place not in passed and main_field(each) == "amount"
    )
    amount = pence_of(sample.first(taken["amount"]))
    repeating = [
        each.several
        for each in groups_by_number(words, sample, taken)
        if _repeats(each.several, amount)
    ]
    if not repeating:
        return []
    pence = {place: pence_of(sample.first(place)) for place in islice(others, _MOST_COLUMNS)}
    return [
        place
        for place, lines in pence.items()
        if any(_are_lines(groups, lines, amount) for groups in repeating)
    ]


def _repeats(groups: Sequence[Sequence[int]], amount: Pence) -> bool:
    if len(groups) < _LEAST_GROUPS and len(groups[0]) < _LEAST_ROWS:
        return False
    sums = [{amount[row] for row in rows} for rows in groups]
    same = [each for each in sums if len(each) == 1 and any(each)]
    differ = len(groups) < _LEAST_GROUPS or len(set.union(*sums)) > 1
    return differ and len(same) >= _NEARLY_ALL * len(groups)


def _are_lines(groups: Sequence[Sequence[int]], lines: Pence, totals: Pence) -> bool:
    parts = sum(
        adds_up(rows, lines, totals) or len({lines[row] for row in rows} - {None, 0}) > 1
        for rows in groups
    )
    return parts >= _MOST * len(groups)
