"""Several columns of money in one table: which of them is what each row adds to the ledger.

What values prove comes before words: the lines of an invoice add up to its total, net and VAT to
gross.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any, NamedTuple

from services.ingest.shapes.amounts import AmountForm, parse_amount
from services.ingest.shapes.evidence import Evidence
from services.ingest.shapes.fields import CREDIT, DEBIT
from services.ingest.shapes.line_groups import groups_by_number
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.scores import LEAST_FIT, LEAST_SAID, SURE, Words, main_field
from services.ingest.shapes.vocabulary import plain_header

_NEARLY_ALL, _MOST = 0.95, 0.5
_PENNIES = 2
"""VAT of each line is rounded by itself."""
_HIGHEST_VAT = 0.2
_MOST_COLUMNS = 20
"""Of amounts, each of which is held against each: of more a person is asked."""
_NET = re.compile(r"\bnet\b|\bexcluding\b")
_IRRECOVERABLE = re.compile(
    r"\b(?:ir|un|non ?|not )(?:recover|reclaim|claim)(?:able|ed)\b"
    r"|\bcan ?not be (?:recovered|reclaimed|claimed)\b"
)

Pence = list[int | None]


class Settled(NamedTuple):
    """The column that values prove to be the amount, those it was told from, and in what way."""

    place: int
    told_from: frozenset[int]
    note: str


def debit_and_credit(
    words: Words, evidence: Sequence[Evidence], amount_scores: Iterable[float]
) -> tuple[int, int] | None:
    """The places of a pair of columns whose difference is the amount; None where one is better."""

    def find(field: str) -> int | None:
        said = [
            place
            for place, each in enumerate(words)
            if each.get(field, 0.0) >= SURE
            and (evidence[place].amounts >= LEAST_FIT["amount"] or not evidence[place].cells)
        ]
        return said[0] if len(said) == 1 else None

    debit, credit = find(DEBIT), find(CREDIT)
    if debit is None or credit is None:
        return None
    others = [
        score
        for place, score in enumerate(amount_scores)
        if place not in {debit, credit} and words[place].get("amount", 0.0) >= LEAST_SAID
    ]
    return None if max(others, default=0.0) > 0 else (debit, credit)


def settle_amount(
    headers: Sequence[str],
    words: Words,
    sample: Sample,
    taken: dict[str, int],
) -> Settled | None:
    """What values prove of the chosen amount and the columns beside it; None where nothing."""
    chosen = taken["amount"]
    others = [
        place
        for place, each in enumerate(words)
        if place == chosen or (main_field(each) == "amount" and place not in taken.values())
    ]
    vats = [place for place, each in enumerate(words) if main_field(each) == "vat_amount"]
    if len(others) + len(vats) > _MOST_COLUMNS:
        return None
    pence = {place: pence_of(sample.first(place)) for place in others}
    return _lines_of_totals(chosen, pence, headers, words, sample, taken) or _net_of_gross(
        chosen, pence, headers, vats, sample
    )


def pence_of(values: Iterable[Any]) -> Pence:
    """The pence of a column's cells by whichever decimal mark they can have, None of others."""
    read = (
        parse_amount(value, AmountForm()) or parse_amount(value, AmountForm(comma=True))
        for value in values
    )
    return [None if each is None else each.pence for each in read]


def _lines_of_totals(
    chosen: int,
    pence: dict[int, Pence],
    headers: Sequence[str],
    words: Words,
    sample: Sample,
    taken: dict[str, int],
) -> Settled | None:
    """The lines, where in each invoice of several rows they add up to a total that repeats.

    Those of an invoice of one row are its total: a share of each amount adds up by chance alone.
    """
    for several, alone in groups_by_number(words, sample, taken):
        for (total, stated), (line, parts) in permutations(pence.items(), 2):
            if chosen not in {line, total}:
                continue
            proved = [rows for rows in several if adds_up(rows, parts, stated)]
            alike = sum(parts[row] == stated[row] for row in alone)
            if proved and len(proved) >= _NEARLY_ALL * len(several) and alike >= _MOST * len(alone):
                note = (
                    f"{headers[line]} is the amount: the lines of an invoice add up to "
                    f"{headers[total]}, which stands in each of them"
                )
                return Settled(line, frozenset({line, total}), note)
    return None


def adds_up(rows: Sequence[int], lines: Pence, totals: Pence) -> bool:
    """Whether several of the lines of a group add up to the total that stands in each of them."""
    stated = {totals[row] for row in rows}
    said = [lines[row] or 0 for row in rows]
    [total] = stated if len(stated) == 1 else [None]
    return total is not None and sum(said) == total and sum(map(bool, said)) > 1


def _net_of_gross(
    chosen: int,
    pence: dict[int, Pence],
    headers: Sequence[str],
    vat_places: Iterable[int],
    sample: Sample,
) -> Settled | None:
    """The net of two columns: with the VAT beside it the gross, or by its words and within VAT.

    What can't be recovered is part of the cost: with it, gross stays a question.
    """
    vats: dict[bool, list[Pence]] = {True: [], False: []}
    for place in vat_places:
        cost = _IRRECOVERABLE.search(plain_header(headers[place])) is not None
        vats[cost].append(pence_of(sample.first(place)))
    said = {place for place in pence if _NET.search(plain_header(headers[place]))}
    pairs = [
        ((net, parts), (gross, whole))
        for (net, parts), (gross, whole) in permutations(pence.items(), 2)
        if chosen in {net, gross} and gross not in said
    ]
    if any(is_sum(whole, parts, vat) for (_, parts), (_, whole) in pairs for vat in vats[True]):
        return None
    for (net, parts), (gross, whole) in pairs:
        added = any(is_sum(whole, parts, vat) for vat in vats[False])
        if added or (net in said and _is_within_vat(whole, parts)):
            note = f"{headers[net]} is the amount: {headers[gross]} is the same with VAT"
            return Settled(net, frozenset({net, gross}), note)
    return None


def is_sum(gross: Pence, net: Pence, vat: Pence, least: int = 1) -> bool:
    """Whether gross is net with VAT in nearly all rows, `least` of which have VAT."""
    rows = [
        (whole, part, tax or 0)
        for whole, part, tax in zip(gross, net, vat, strict=True)
        if whole is not None and part is not None
    ]
    may_be_wrong = len(rows) - _NEARLY_ALL * len(rows)
    taxed = 0
    for whole, part, tax in rows:
        if abs(whole - part - tax) > _PENNIES:
            may_be_wrong -= 1
            if may_be_wrong < 0:
                return False
        elif tax:
            taxed += 1
    return taxed >= least


def _is_within_vat(gross: Pence, net: Pence) -> bool:
    rows = [(whole, part) for whole, part in zip(gross, net, strict=True) if whole and part]
    right = sum(
        whole * part > 0
        and -_PENNIES <= abs(whole) - abs(part) <= _HIGHEST_VAT * abs(part) + _PENNIES
        for whole, part in rows
    )
    return bool(rows) and right >= _NEARLY_ALL * len(rows)
