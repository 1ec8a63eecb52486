"""SQL of what is told of suppliers that are listed: each with its traits, and what it was paid.

Who lists them gives three parts: `listed`, rows of (shown_id, supplier_id, buyer) of which `buyer`
is null but where one that may be a person is listed as that buyer's payee; `paid`, a join that adds
up what was paid (`SUMS`); and which of them pass, in which order.
"""

from services.api.queries.coverage_class import class_shown
from services.api.queries.listed_suppliers import Sought
from services.api.tables import SEARCHED


def is_own(buyer: str) -> str:
    """Whether the asker is an officer of the buyer that a column names."""
    return f"(cast(:own as text[]) is null or {buyer} = any(cast(:own as text[])))"


# What may be a person is listed by buyer where it is no payee of the caller's own: its traits are
# the same for all that pay it, so none of them is told, nor sought by.
_TOLD = "listed.buyer is null"
_CLASS = class_shown(f"not ({_TOLD})")
_COUNTS = """
    exists (select from memberships as membership
    where membership.supplier_id = supplier.supplier_id and membership.definition = :definition)
"""
OF_NAME = f"{SEARCHED} @@ to_tsquery('simple', :words)"
"""Whether the name of a row of `suppliers` bears the words."""

_COUNTED = "(cast(:buyers as text[]) = '{}' or spend.buyer = any(cast(:buyers as text[])))"
SUMS = f"""
    array_agg(distinct spend.buyer order by spend.buyer) as buyers,
    sum(lines) filter (where {_COUNTED}) as lines, sum(pence) filter (where {_COUNTED}) as pence
"""
"""Who paid, and how much of it the buyers that are asked for, of rows of `spend`."""


def tell_suppliers(*, listed: str, paid: str, passes: str, order: str) -> str:
    """The statement that tells of every listed supplier that passes, in an order."""
    return f"""
        select listed.shown_id::text, listed.buyer as of_buyer, coalesce(supplier.payee, (
                select payee from payments where payments.supplier_id = listed.supplier_id
                and {is_own("payments.buyer")} limit 1
            )) as payee,
            supplier.tier, supplier.score, supplier.charity_probability, supplier.rule,
            supplier.organisation, supplier.organisation_name, supplier.legal_form,
            coalesce(supplier.redacted, false) as redacted, supplier.flags, supplier.income,
            supplier.income_band, supplier.size, supplier.place, supplier.places, supplier.reach,
            supplier.locality_rule, supplier.revision, supplier.recorded_at,
            to_json(array(select distinct definition from memberships as membership
                where membership.supplier_id = supplier.supplier_id order by definition
            )) as definitions,
            to_json(coalesce(paid.buyers, '{{}}')) as buyers,
            coalesce(paid.lines, 0)::bigint as lines, coalesce(paid.pence, 0)::bigint as pence
        from {listed} as listed left join suppliers as supplier using (supplier_id) {paid}
        where {passes} order by {order}
    """  # noqa: S608 - our own text


def conditions_of(sought: Sought) -> list[str]:
    """What a listed supplier passes by beside who paid it, as far as it is asked."""
    conditions = {
        f"{_CLASS} = any(cast(:coverage as text[]))": bool(sought.coverage),
        f"{_TOLD} and {_COUNTS}": sought.definition is not None,
        f"{_TOLD} and supplier.legal_form = :legal_form": sought.legal_form is not None,
        OF_NAME: sought.words is not None,
    }
    return [condition for condition, asked in conditions.items() if asked]
