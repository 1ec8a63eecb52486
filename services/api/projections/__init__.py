"""Topic to read model. Every projection may see a fact twice and facts in any order."""

from services.api.projections.agreements import AGREEMENTS
from services.api.projections.buyers import BUYERS
from services.api.projections.contacts import CONTACTS
from services.api.projections.notices import NOTICES
from services.api.projections.payments import PAYMENTS
from services.api.projections.programmes import PROGRAMMES
from services.api.projections.projection import Projection
from services.api.projections.suppliers import SUPPLIERS

PROJECTIONS: tuple[Projection, ...] = (
    SUPPLIERS,
    AGREEMENTS,
    CONTACTS,
    BUYERS,
    PROGRAMMES,
    NOTICES,
    PAYMENTS,
)
