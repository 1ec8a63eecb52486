"""Columns whose words say that a row is a credit: Dr/Cr marks, and kinds of documents.

Some bodies print a credit note as a negative amount and some as a positive one beside its kind.
Which it is, the whole table tells; where it does not, a person is asked.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from services.ingest.shapes.amounts import AmountForm, parse_amount
from services.ingest.shapes.cells import as_text, cell
from services.ingest.shapes.question import Answer, Question
from services.ingest.shapes.sample import Sample
from services.ingest.shapes.vocabulary import plain_header
from shared.errors import Rejected

CREDITS = "credits"
"""What an answer calls the sign of rows that a column marks as credits."""
NEGATIVE, AS_PRINTED = "negative", "as printed"
_SIGN = re.compile(r"\b(?:dr|cr|debit|credit|sign|dc)\b|\bd c\b")
KIND = re.compile(
    r"(?:(?:document|transaction|invoice|voucher|entry|record|posting|journal|ap|payment|item) )?"
    r"(?:type|kind|doctype)(?: (?:code|name|description))?"
    r"|(?:type|kind) of (?:document|transaction|invoice|entry|record|posting|payment)|tt"
)
"""A header (`plain_header`) of kinds of documents."""
_DEBITS = {
    *("d", "dr", "debit", "debits", "debit note", "debit memo", "in", "pi", "inv", "pinv"),
    *("invoice", "invoices", "standard", "standard invoice", "purchase invoice", "ap invoice"),
    *("supplier invoice", "payment", "payments", "prepayment", "mixed", "journal"),
}
_CREDITS = {"c", "cr", "credit", "credits", "cn", "pc", "pcn", "pcr"}
_LETTERS = {"d", "c"}
_SURE = re.compile(
    r"(?:(?:supplier|purchase|vendor|ap|sales|invoice|standard|negative) )?"
    r"(?:credit ?(?:note|memo|adjustment|invoice)s?|cr note)"
)
_SURE_CODES = {"crn", "pcrn", "ap crn"}
"""Among kinds of documents; elsewhere CRN is a network of clinical research."""
_DOUBTFUL = re.compile(
    r"(?:(?:supplier|purchase|vendor|ap|invoice|payment|credit) )?"
    r"(?:refund|reversal|reversed|rebate)s?(?: (?:received|invoice|payment))?|kg"
)
"""A refund may be paid to somebody as well as by somebody; KG is SAP's credit note of a vendor."""
_LEAST_NEGATIVE, _NEARLY_ALL = 10, 0.95
"""Of so many amounts: fewer may be a month's credits."""
_NEARLY_ALL_ROWS = 0.9
"""Of a table's rows its total and notes are some."""
_NOT_WORDS = re.compile(r"[\W_]+")
_FORMS = (AmountForm(), AmountForm(comma=True))


class SignColumn(NamedTuple):
    """A column that marks credits, and what it says in them (`folded`)."""

    place: int
    said: tuple[str, ...]


class _Candidate(NamedTuple):
    """A column that may mark credits; only the words of `words` count in it."""

    place: int
    words: str


class _Signs(NamedTuple):
    """How many marked rows have amounts of either sign, by what they say; of how many rows."""

    positive: Counter[str]
    negative: Counter[str]
    rows: int


@lru_cache(maxsize=10_000)
def folded(text: str) -> str:
    """A mark with its case and punctuation folded."""
    return _NOT_WORDS.sub(" ", text.casefold()).strip()


def mark_of(value: Any) -> str:
    """What a cell says, folded; "" where it says nothing."""
    return folded(as_text(value) or "")


def find_sign(
    headers: Sequence[str],
    sample: Sample,
    amount: int,
    taken: Collection[int],
    answer: str | None = None,
) -> tuple[SignColumn | None, Question | None]:
    """The column that says which amounts are credits, where they are printed without a sign.

    None where credits are negative already. A question where rows that are called credits have
    either sign, are most of the table, may be no credits (refunds), or are so called by a column
    of another kind, and where nearly all amounts are negative and none says that these are
    credits. `taken` are the places of what no mark is. The first rows tell which columns may hold
    marks; the whole table is looked through for credits, which may all stand at its end.
    Rejected: the answer is none that can be given.
    """
    said = None if answer is None else answer.strip().lower()
    if said not in {None, NEGATIVE, AS_PRINTED}:
        raise Rejected(f"{CREDITS} is {NEGATIVE} or {AS_PRINTED}, not {answer}", "map")
    called_credits = False
    for each in _candidates(headers, sample, amount, taken):
        signs = _signs(sample, each, amount)
        called_credits |= _are_called_credits(signs)
        if not signs.positive or said == AS_PRINTED:
            continue
        doubt = _doubt(headers[amount], headers[each.place], each, signs, sample, amount)
        if said is None and doubt:
            return None, _ask(doubt)
        return SignColumn(each.place, tuple(sorted({*signs.positive, *signs.negative}))), None
    if said or called_credits:
        return None, None
    return None, _ask_negative(headers[amount], sample.spread(amount))


def _candidates(
    headers: Sequence[str], sample: Sample, amount: int, taken: Collection[int]
) -> Iterator[_Candidate]:
    for place, header in enumerate(headers):
        if place == amount or place in taken:
            continue
        words = _words_of(header, sample.first(place))
        if words:
            yield _Candidate(place, words)


def _words_of(header: str, values: Iterable[Any]) -> str:
    """Which words mark credits in a column: `all` of them, of `kinds`, `plain` ones, or none."""
    said = {mark_of(value) for value in values} - {"", folded(header)}
    plain = plain_header(header)
    speaks = _SIGN.search(plain) is not None or (said & _DEBITS and not said & _LETTERS)
    if speaks and all(_is_mark(each) for each in said):
        return "all"
    if KIND.fullmatch(plain):
        return "kinds"
    return "plain" if any(_SURE.fullmatch(each) for each in said) else ""


def _is_mark(said: str) -> bool:
    return said in _DEBITS or _is_credit(said, "all")


def _is_credit(said: str, words: str) -> bool:
    if _SURE.fullmatch(said) is not None:
        return True
    if words == "plain":
        return False
    if said in _SURE_CODES or _DOUBTFUL.fullmatch(said) is not None:
        return True
    return words == "all" and said in _CREDITS


def _signs(sample: Sample, column: _Candidate, amount: int) -> _Signs:
    positive: Counter[str] = Counter()
    negative: Counter[str] = Counter()
    rows = 0
    for row in sample.whole():
        rows += 1
        said = mark_of(cell(row, column.place))
        if said and _is_credit(said, column.words):
            pence = pence_of(cell(row, amount))
            if pence:
                (positive if pence > 0 else negative)[said] += 1
    return _Signs(positive, negative, rows)


def pence_of(value: Any) -> int:
    """The pence of a cell, whatever the decimal mark of its table; 0 where it holds none."""
    read = (parse_amount(value, form) for form in _FORMS)
    return next((each.pence for each in read if each is not None), 0)


def _are_called_credits(signs: _Signs) -> bool:
    """Whether nearly all rows are negative credit notes: of a ledger CR may be what is owed."""
    sure = sum(
        count
        for said, count in signs.negative.items()
        if _SURE.fullmatch(said) is not None or said in _SURE_CODES
    )
    return sure >= _NEARLY_ALL_ROWS * signs.rows


def _doubt(
    amount: str, marks: str, column: _Candidate, signs: _Signs, sample: Sample, place: int
) -> str:
    """Why rows that are called credits may be none or be signed already, "" where they are not."""
    names = " or ".join(f'"{each}"' for each in sorted(signs.positive))
    count = signs.positive.total()
    if signs.negative:
        return (
            f"of the rows in which {marks} speaks of credits {count:,} have a positive {amount} "
            f"and {signs.negative.total():,} a negative one"
        )
    if any(_DOUBTFUL.fullmatch(each) for each in signs.positive):
        return f"{amount} is positive in {count:,} rows in which {marks} is {names}"
    if column.words == "plain":
        return f"{amount} is positive in {count:,} rows in which {marks} is {names}"
    if count * 2 > signs.rows:
        return f"{marks} is {names} in {count:,} of {signs.rows:,} rows: most are no credits"
    others = [pence_of(value) for value in sample.first(place)]
    if sum(each < 0 for each in others) > sum(each > 0 for each in others):
        return f"most of {amount} is negative, and rows in which {marks} is {names} are positive"
    return ""


def _ask(doubt: str) -> Question:
    return Question(
        CREDITS,
        doubt,
        (NEGATIVE, AS_PRINTED),
        (
            Answer(CREDITS, NEGATIVE, "if such rows are taken off what was spent"),
            Answer(CREDITS, AS_PRINTED, "if every amount is to be taken as it is printed"),
        ),
    )


def _ask_negative(amount: str, values: Iterable[Any]) -> Question | None:
    """What is asked where nearly all amounts are negative, as ledgers print what is owed."""
    pence = list(filter(None, map(pence_of, values)))
    negative = sum(each < 0 for each in pence)
    if negative < _LEAST_NEGATIVE or negative < _NEARLY_ALL * len(pence):
        return None
    return Question(
        CREDITS,
        f"nearly all of {amount} is negative: if these are payments, turn its signs and send the "
        "file again",
        (AS_PRINTED,),
        (Answer(CREDITS, AS_PRINTED, "if these are credits, taken off what was spent"),),
    )
