"""What is counted: the roll-up where a month counts whole, else the payments.

A row is a sum that stands for one day: the first of its month for the roll-up, the payment's own
elsewhere. Payments are asked for the months that a membership of that supplier covers in part, for
those within which the buyer's map changes what those codes are, and for the days at the ends of the
question, so that membership and programme are exact to the day.

As it was known at a moment, all that is counted today is counted, less the payments that were
recorded since, and with what their corrections replaced: it costs what was recorded since.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Subquery,
    Uuid,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from services.api.asked.periods import Span, cover
from services.api.asked.question import ANY_AMOUNT, Amounts, Question
from services.api.queries.buyers import EACH_BUYER
from services.api.queries.judged import year_of
from services.api.queries.known import NOW, Known
from services.api.tables import codings, paid_in_part, payment_revisions, payments, spend

_FIRST_MONTH = f"""
    (select min(paid.month) from ({EACH_BUYER.format(table="spend")}) as paying
    cross join lateral (
        select min(month) as month from spend where spend.buyer = paying.buyer) as paid)
"""  # noqa: S608 - our own names


def counted_rows(question: Question, known: Known = NOW) -> Subquery:
    """Sums that add up to each payment once: day, month, buyer, supplier, place, coding, lines and
    pence.

    The coding is null of single payments where the question does not care for it. Amounts are
    those of payments, so whoever filters by them asks the payments alone. Sums may be negative
    where it is asked what was known at a moment: of what was not, others take them back.
    """
    restored = [] if known.before is None else _restored(question, known.before)
    if question.amounts != ANY_AMOUNT:
        days = any_span(payments.c.payment_date, question.spans)
        return union_all(_payments(question).where(days), *restored).subquery("counted")
    partly = _partly(known, question.definitions)
    in_part = exists().where(
        partly.c.supplier_id == spend.c.supplier_id, partly.c.month == spend.c.month
    )
    whole = [any_span(spend.c.month, whole_months(question)), ~in_part]
    recoded = _recoded(known.programmes) if question.by_programme else None
    if recoded is not None:
        whole.append(~_in(recoded))
    return union_all(
        select(
            spend.c.month.label("day"),
            spend.c.month,
            *(spend.c[name] for name in ("buyer", "supplier_id", "place", "coding_id")),
            *(spend.c[name] for name in ("lines", "pence", "gross_pence")),
        ).where(*filters(question, spend), *whole),
        *_each_payment(question, partly, recoded),
        *restored,
    ).subquery("counted")


def counted_payments(question: Question) -> list[Subquery]:
    """Of the same rows the payments, where no kind is known of a month: it counts in part.

    One by one, since they are few, or many, each by its own reason: joined together to what is
    known of suppliers, the few would be joined as the many are.
    """
    recoded = _recoded(NOW.programmes) if question.by_programme else None
    months = select(paid_in_part.c.supplier_id, paid_in_part.c.month)
    partly = months.where(*of_parties(question, paid_in_part)).distinct().subquery("partly")
    return [each.subquery("counted") for each in _each_payment(question, partly, recoded)]


def in_recoded(programmes: FromClause) -> ColumnElement[bool]:
    """Whether the month of a sum is one within which its codes become another programme."""
    return _in(_recoded(programmes))


def year_recoded(
    programmes: FromClause, coding_id: ColumnElement[Any], year: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Whether codes become another programme after the first day of a financial year.

    As a list and not as `exists`: PostgreSQL guesses that nearly all do where none does, and would
    hash a buyer's sums to find no match for them.
    """
    since = case((programmes.c.since > literal(date.min), programmes.c.since))
    recoded = (
        select(programmes.c.coding_id, year_of(since).label("year"))
        .where(func.to_char(since, "MMDD") != "0401")
        .distinct()
    )
    return tuple_(coding_id, year).in_(recoded)


def _in(recoded: Subquery) -> ColumnElement[bool]:
    return exists().where(
        recoded.c.coding_id == spend.c.coding_id, recoded.c.month == spend.c.month
    )


def whole_months(question: Question) -> list[Span]:
    """The first and the last of months that the question covers whole."""
    return [months for span in question.spans if (months := cover(span).months)]


def _partly(known: Known, definitions: Sequence[str]) -> Subquery:
    in_part = known.boundary_months.c
    months = select(in_part.supplier_id, in_part.month)
    # Most bodies were registered long before anything was paid.
    since = in_part.month >= literal_column(_FIRST_MONTH, Date)
    return months.where(since, in_part.definition.in_(definitions)).distinct().subquery("partly")


def _each_payment(
    question: Question, partly: Subquery, recoded: Subquery | None
) -> list[Select[Any]]:
    """The payments of whole months that count in part, and of the days beside whole months."""
    months = whole_months(question)
    within = [span for one in question.spans for span in cover(one).days]
    of_partly = (
        _payments(question)
        .where(
            payments.c.supplier_id == partly.c.supplier_id,
            payments.c.payment_date >= partly.c.month,
            payments.c.payment_date < _next_month(partly.c.month),
        )
        .offset(0)  # which keeps it apart: few months, each found by the supplier's index
        .correlate(partly)
        .lateral("of_partly")
    )
    each = [select(of_partly).select_from(partly.join(of_partly, any_span(partly.c.month, months)))]
    if within:
        each.append(_payments(question).where(any_span(payments.c.payment_date, within)))
    if recoded is not None:
        of_month = _month_starts(payments.c.payment_date)
        each.append(
            _payments(question)
            .join(
                recoded,
                and_(
                    recoded.c.coding_id == codings.c.coding_id,
                    payments.c.payment_date >= recoded.c.month,
                    payments.c.payment_date < _next_month(recoded.c.month),
                ),
            )
            .where(
                any_span(recoded.c.month, months),
                ~exists().where(
                    partly.c.supplier_id == payments.c.supplier_id, partly.c.month == of_month
                ),
            )
        )
    return each


def _restored(question: Question, before: datetime) -> list[Select[Any]]:
    """What makes the payments of today those of a moment: the later ones, taken away, and what of
    them stood before.
    """
    later = [payments.c.recorded_at >= before]
    stood = (
        select(payment_revisions, payments.c.buyer)
        .join(payments, payments.c.payment_id == payment_revisions.c.payment_id)
        .ext(distinct_on(payment_revisions.c.payment_id))
        .where(*later, payment_revisions.c.recorded_at < before)
        .order_by(payment_revisions.c.payment_id, payment_revisions.c.revision.desc())
        .subquery("stood")
    )
    of_then = []
    if question.spans != (Span(),):
        later.append(any_span(payments.c.payment_date, question.spans))
        of_then.append(any_span(stood.c.payment_date, question.spans))
    return [
        _payments(question, taken_away=True).where(*later),
        _payments(question, stood).where(*of_then),
    ]


def _payments(
    question: Question, table: FromClause = payments, *, taken_away: bool = False
) -> Select[Any]:
    """Payments one by one, with their coding where it matters; or what takes them away."""
    of = table.c
    gross = func.abs(of.amount_pence)
    coding = codings.c.coding_id if question.by_codes else cast(null(), codings.c.coding_id.type)
    statement = select(
        of.payment_date.label("day"),
        _month_starts(of.payment_date).label("month"),
        of.buyer,
        of.supplier_id,
        func.coalesce(of.place, "").label("place"),
        coding.label("coding_id"),
        literal(-1 if taken_away else 1).label("lines"),
        (-of.amount_pence if taken_away else of.amount_pence).label("pence"),
        (-gross if taken_away else gross).label("gross_pence"),
    ).where(*filters(question, table), *_between(question.amounts, of), ~of.withdrawn)
    if not question.by_codes:
        return statement
    return statement.join(
        codings,
        and_(
            codings.c.buyer == of.buyer,
            codings.c.unit == func.coalesce(of.unit, ""),
            codings.c.expense_type == func.coalesce(of.expense_type, ""),
            codings.c.ledger_programme == func.coalesce(of.programme, ""),
        ),
    )


def _recoded(programmes: FromClause) -> Subquery:
    """The months within which codes become another programme."""
    month = _month_starts(programmes.c.since)
    begun_within = programmes.c.since > literal(date.min), programmes.c.since != month
    return (
        select(programmes.c.coding_id, month.label("month"))
        .where(*begun_within)
        .distinct()
        .subquery("recoded")
    )


def _month_starts(day: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(func.date_trunc("month", day), Date)


def _next_month(month: ColumnElement[Any]) -> ColumnElement[Any]:
    return month + func.make_interval(0, 1)


def any_span(column: ColumnElement[Any], spans: Sequence[tuple[Any, Any]]) -> ColumnElement[bool]:
    """Whether a day, or the first day of a month, lies in any of the spans."""
    return or_(false(), *(column.between(since, until) for since, until in spans))


def filters(question: Question, table: Any) -> list[ColumnElement[bool]]:
    """By whom, to whom and where it was paid."""
    found = of_parties(question, table)
    if question.places:
        found.append(func.coalesce(table.c.place, "").in_(question.places))
    return found


def of_parties(question: Question, table: Any) -> list[ColumnElement[bool]]:
    """By whom and to whom it was paid."""
    found = []
    if question.buyers:
        found.append(table.c.buyer.in_(question.buyers))
    if question.suppliers is not None:
        # One parameter however many there are: PostgreSQL takes 32,767.
        ids = literal(question.suppliers, ARRAY(Uuid(as_uuid=False)))
        found.append(table.c.supplier_id == any_(ids))
    return found


def _between(amounts: Amounts, of: Any) -> list[ColumnElement[bool]]:
    found = []
    if amounts.least is not None:
        found.append(of.amount_pence >= amounts.least)
    if amounts.most is not None:
        found.append(of.amount_pence <= amounts.most)
    return found
