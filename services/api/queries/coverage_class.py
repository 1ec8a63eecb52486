"""The class of coverage of a supplier (`services.api.spend.coverage.CLASSES`), in SQL."""

from sqlalchemy import ColumnElement, FromClause, case
from sqlalchemy.dialects import postgresql

from services.api import tables


def class_of(suppliers: FromClause) -> ColumnElement[str]:
    """The class of what a supplier was paid; "awaiting" where none is joined."""
    return case(
        (suppliers.c.supplier_id.is_(None), "awaiting"),
        (suppliers.c.redacted, "redacted"),
        (suppliers.c.tier == "auto", "matched"),
        (suppliers.c.tier == "review", "review"),
        else_="unmatched",
    )


COVERAGE_CLASS = str(
    class_of(tables.suppliers.alias("supplier")).compile(
        dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
        compile_kwargs={"literal_binds": True},
    )
)
"""The same as text, of `suppliers as supplier` joined from the left."""


def class_shown(withheld: str) -> str:
    """The class as a caller is told it, where a condition of SQL says whose traits are withheld.

    Those are one class, whatever is known of them: a decision of another buyer's officer would
    else move them. What the ledger itself redacts is nobody in particular, and stays that.
    """
    return f"""
        case when {withheld} and supplier.redacted is not true then 'unmatched'
        else {COVERAGE_CLASS} end
    """
