"""What is counted, added up as far as the question tells rows apart before more is asked of it.

Three sums a row, and the many sums of an answer only of what is left. What is known of suppliers
now stands on each sum of the roll-ups as its kind, of which there are few.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Subquery,
    Text,
    cast,
    collate,
    func,
    select,
    union_all,
)

from services.api.asked.question import ANY_AMOUNT, OF_AGREEMENTS, OF_SUPPLIERS, Question
from services.api.queries.counted import counted_payments, counted_rows
from services.api.queries.judged import (
    SUMS,
    judged_rows,
    known_as,
    of_organisation,
    which_hold,
    year_of,
)
from services.api.queries.known import NOW, Known
from services.api.queries.paid_parties import paid_parties
from services.api.queries.summed import add_up, sums_of_kinds
from services.api.spend.programme import MAPPED
from services.api.tables import kinds, suppliers

IN_SPELLINGS = ("programme", "budget_head")
"""Groups of which several spellings are one, by their keys."""


def cut_rows(question: Question, known: Known = NOW, *, by_parties: bool = False) -> Subquery:
    """Lines, pence and gross pence by what the question is grouped by, with its class of coverage,
    whether it is passed on and which definitions hold for it.

    Agreements are those of today, whenever payments and suppliers are known. `by_parties` where
    `are_parties_kept` says so.
    """
    if by_parties:
        each = paid_parties(question).subquery("each")
    elif known is NOW and question.amounts == ANY_AMOUNT:
        payments = [judged_rows(question, each) for each in counted_payments(question)]
        each = union_all(_rows_of_kinds(question), *payments).subquery("each")
    else:
        each = judged_rows(question, counted_rows(question, known), known).subquery("each")
    added = add_up(each, [column for column in each.c if column.name not in SUMS]).subquery("added")
    derived = [
        column for name, column in _years_and_quarters(added).items() if name in question.group_by
    ]
    told = [_spelt_alike(added, each) if each.name in IN_SPELLINGS else each for each in added.c]
    return select(*told, *derived).subquery("cut")


def _rows_of_kinds(question: Question) -> Select[Any]:
    """What `judged_rows` says of single rows, in its order, of the sums of whole months."""
    summed = sums_of_kinds(question)
    source: Any = summed.join(kinds, kinds.c.kind_id == summed.c.kind_id)
    of_supplier: list[ColumnElement[Any]] = []
    if "organisation" in question.group_by:
        of_supplier = of_organisation(question, suppliers)
        source = source.outerjoin(suppliers, suppliers.c.supplier_id == summed.c.payee_id)
    groups = [column for column in summed.c if column.name not in {"kind_id", "payee_id", *SUMS}]
    of_kind = [
        kinds.c[name] for name in (*OF_SUPPLIERS, *OF_AGREEMENTS) if name in question.group_by
    ]
    holds = which_hold(question, kinds.c.definitions)
    told = (kinds.c["class"], kinds.c.passed_on, *groups, *of_supplier, *of_kind, *holds)
    narrowed = [known_as(kinds.c[name], values) for name, values in question.kinds]
    sums = (summed.c[name] for name in SUMS)
    return select(*told, *sums).select_from(source).where(*narrowed)


def _spelt_alike(added: Subquery, said: ColumnElement[str]) -> ColumnElement[str]:
    """A programme or a budget head in one spelling wherever it stands: as a map has it, else the
    ledgers; of several the first in the order of their characters.
    """
    best: list[ColumnElement[Any]] = [added.c.lines <= 0]
    if said.name == "programme":
        best.append(added.c.programme_state != MAPPED)
    best.append(collate(said, "C"))
    first = func.first_value(said, type_=Text())
    return first.over(partition_by=added.c[f"{said.name}_key"], order_by=best).label(said.name)


def _years_and_quarters(added: Subquery) -> dict[str, ColumnElement[Any]]:
    """The year and the quarter of each month, where months are told apart."""
    if "month" not in added.c:
        return {}
    return {
        "financial_year": year_of(added.c.month),
        # Those of financial years begin and end with those of the calendar.
        "quarter": cast(func.date_trunc("quarter", added.c.month), Date).label("quarter"),
    }
