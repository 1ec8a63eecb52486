"""Columns of which the values prove that one is the sum of two others."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from services.ingest.shapes.amount_columns import is_sum, pence_of
from services.ingest.shapes.evidence import Evidence
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.scores import LEAST_FIT, Words, main_field

_MOST_COLUMNS = 20
_LEAST_ROWS = 3
"""Of a part that no name calls VAT: in fewer a sum may be chance."""

_ADDED_TO = {"amount": {"vat_amount", "other_amount"}, "": {"vat_amount"}}
"""By what a column says, what another must say for their sum to be told from it by a person."""


def sums_with(
    words: Words,
    evidence: Sequence[Evidence],
    sample: Sample,
    taken: Mapping[str, int],
    told_from: Collection[int],
) -> list[int]:
    """The columns that may be the amount as well, being the chosen one with a third, or without it.

    A net amount, VAT that can't be recovered and the cost of both are such. From those in
    `told_from` the chosen one is told already. Beyond doubt are the total of two columns neither
    of which is called an amount, as Capital and Revenue, and what was paid of an invoice beside
    what is outstanding.
    """
    chosen = taken["amount"]
    fields = [main_field(each) for each in words]
    others = sorted(
        (
            place
            for place, seen in enumerate(evidence)
            if place not in taken.values() and seen.amounts >= LEAST_FIT["amount"]
        ),
        key=lambda place: fields[place] not in {"amount", "vat_amount"},
    )
    if all(fields[place] not in _ADDED_TO for place in others):
        return []
    pence = {place: pence_of(sample.first(place)) for place in islice(others, _MOST_COLUMNS)}
    amount = pence_of(sample.first(chosen))
    found = []
    for other, values in pence.items():
        if other in told_from or fields[other] not in _ADDED_TO:
            continue
        for third, added in pence.items():
            if third == other:
                continue
            least = 1 if fields[third] == "vat_amount" else _LEAST_ROWS
            part = fields[third] != "other_amount" and is_sum(values, amount, added, least)
            if part or (
                fields[third] in _ADDED_TO[fields[other]] and is_sum(amount, values, added, least)
            ):
                found.append(other)
                break
    return sorted(found)
