"""The read model: everything here can be dropped and rebuilt from the topics.

A roll-up's place and the codes of a coding are '' where a payment has none: "not coded" is a value
to group by, and a primary key holds no null. Open ends of spans are -infinity and infinity.
"""

from services.api.tables.agreements import (
    agreed,
    agreement_lines,
    agreement_versions,
    agreements,
    contacts,
)
from services.api.tables.buyers import buyers, successions
from services.api.tables.metadata import metadata, rejects
from services.api.tables.obligations import (
    acknowledgements,
    failed_deliveries,
    notices,
    obligation_plans,
    obligations,
    renewals,
)
from services.api.tables.payments import payment_revisions, payments, projected_offsets
from services.api.tables.programmes import programme_line_versions, programme_lines, programmes
from services.api.tables.ranking import (
    ANY,
    EVERY_YEAR,
    party_ranks,
    party_spend,
    party_totals,
    touched_suppliers,
)
from services.api.tables.spend import (
    boundary_months,
    codings,
    control_totals,
    kinds,
    paid_in_part,
    spend,
    spend_by_kind,
    spend_by_year,
)
from services.api.tables.suppliers import (
    NAMED,
    SEARCHED,
    definitions,
    membership_versions,
    memberships,
    payees,
    supplier_versions,
    suppliers,
)

__all__ = [
    "ANY",
    "EVERY_YEAR",
    "NAMED",
    "SEARCHED",
    "acknowledgements",
    "agreed",
    "agreement_lines",
    "agreement_versions",
    "agreements",
    "boundary_months",
    "buyers",
    "codings",
    "contacts",
    "control_totals",
    "definitions",
    "failed_deliveries",
    "kinds",
    "membership_versions",
    "memberships",
    "metadata",
    "notices",
    "obligation_plans",
    "obligations",
    "paid_in_part",
    "party_ranks",
    "party_spend",
    "party_totals",
    "payees",
    "payment_revisions",
    "payments",
    "programme_line_versions",
    "programme_lines",
    "programmes",
    "projected_offsets",
    "rejects",
    "renewals",
    "spend",
    "spend_by_kind",
    "spend_by_year",
    "successions",
    "supplier_versions",
    "suppliers",
    "touched_suppliers",
]
