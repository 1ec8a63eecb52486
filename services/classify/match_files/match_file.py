"""Match a file of names against register files: neither broker nor database is needed."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TextIO

from services.classify.definitions.definition import Definitions
from services.classify.definitions.membership import count
from services.classify.matching.index.index import Index
from services.classify.matching.known import NOTHING
from services.classify.matching.match import Match
from services.classify.matching.rules import match_suppliers
from services.classify.supplier import Supplier
from shared.spreadsheet_cell import guarded

CHARITY = "registered-charity"
COLUMNS = (
    *("supplier", "registered_charity", "tier", "organisation", "organisation_name", "score"),
    *("rule", "candidates"),
)
_AT_ONCE = 2000

Answers = list[tuple[str, ...]]
Mapped = Callable[[Iterable[Sequence[Supplier]]], Iterator[Answers]]


def match_file(
    suppliers: Iterable[Supplier],
    target: TextIO,
    answers_of: Mapped,
    watch: Callable[[int], object] = lambda _: None,
) -> int:
    """Write one row for each supplier, in the same order, as they come; returns how many.

    `answers_of` maps batches to their answers (see `answering`); `watch` is told how many at a
    time.
    """
    writer = csv.writer(target)  # its own line end: with "\n" a lone "\r" is left without quotes
    writer.writerow(COLUMNS)
    matched = 0
    for answers in answers_of(_batches(suppliers)):
        writer.writerows(answers)
        matched += len(answers)
        watch(len(answers))
    return matched


def _batches(suppliers: Iterable[Supplier]) -> Iterator[Sequence[Supplier]]:
    coming = iter(suppliers)
    while batch := list(islice(coming, _AT_ONCE)):
        yield batch


def answering(index: Index, definitions: Definitions) -> Callable[[Sequence[Supplier]], Answers]:
    """What answers a batch, a row for each supplier; all that it shares is made before."""
    index.prepare()
    charities = replace(
        definitions, definitions=tuple(each for each in definitions if each.name == CHARITY)
    )

    def answer(batch: Sequence[Supplier]) -> Answers:
        return [
            _answer(supplier, match, bool(count(match, charities, index.known).memberships))
            for supplier, match in zip(batch, match_suppliers(batch, NOTHING, index), strict=True)
        ]

    return answer


def _answer(supplier: Supplier, match: Match, charity: bool) -> tuple[str, ...]:
    best = match.candidates[0] if match.candidates else None
    return (
        guarded(supplier.payee),
        str(charity).lower(),
        match.tier,
        best.organisation or "" if best else "",
        guarded(best.name) if best else "",
        f"{match.score:.4f}",
        match.rule,
        ";".join(c.organisation for c in match.candidates if c.organisation),
    )
