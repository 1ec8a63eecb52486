"""What keeps an exact name from being a match: doubts in the order in which they are asked.

The first that applies decides, and is the rule that decided.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.classify.matching.bodies import Body
from services.classify.matching.forms import Agreement
from services.classify.matching.identifiers import read_company_number
from services.classify.matching.known import COMPANY
from services.classify.matching.names import ComparableName
from services.classify.matching.public_bodies import is_public_body
from services.classify.organisation import BUSINESSES, PUBLIC_BODIES
from services.classify.supplier import Supplier
from shared.events import Tier

_NEVER_VCSE = BUSINESSES | PUBLIC_BODIES


class Reading(NamedTuple):
    """A payee's comparable name, the bodies that bear it, and how well legal forms agree."""

    supplier: Supplier
    name: ComparableName
    fit: Agreement
    possible: Sequence[Body]

    @property
    def choice(self) -> Body | None:
        """The one body of the name; of several, the only one that stands and has a number."""
        standing = [body for body in self.possible if not body.present.removed]
        one = self.possible if len(self.possible) == 1 else standing
        return one[0] if len(one) == 1 and one[0].present.org_id else None


class Doubt(NamedTuple):
    """A reason not to match: the rule's name, the question whose answer is the evidence, whether
    the bodies of the name may vouch that the supplier is VCSE all the same, and the tier.
    """

    rule: str
    ask: Callable[[Reading], str | None]
    vouching: bool
    tier: Tier = "review"


def _form_conflict(reading: Reading) -> str | None:
    if reading.fit is not Agreement.CONFLICT:
        return None
    return f"The payee calls itself {reading.name.form}, which that register entry is not."


def _public_body(reading: Reading) -> str | None:
    if not is_public_body(reading.name.words):
        return None
    return "By its own words the payee is a public body, not a charity that bears its name."


def _without_number(reading: Reading) -> str | None:
    if any(body.present.org_id for body in reading.possible):
        return None
    return "The list prints names without numbers: which body it is, is not known."


def _shared(reading: Reading) -> str | None:
    if reading.choice is not None:
        return None
    return f"{len(reading.possible)} organisations bear this name."


def _company_differs(reading: Reading) -> str | None:
    printed = read_company_number(reading.supplier.company_number or "")
    body = reading.choice
    if printed is None or body is None:
        return None
    registered = [o.company_number for o in (body.present, *body.found) if o.company_number]
    if not registered or printed.removeprefix(COMPANY) in registered:
        return None
    return f"The ledger prints company number {printed}, the register {registered[0]}."


def _form_open(reading: Reading) -> str | None:
    if reading.fit is not Agreement.OPEN:
        return None
    return f"The register does not say whether it is {reading.name.form}, as the payee does."


def _one_word(reading: Reading) -> str | None:
    if reading.name.form is not None or " " in reading.name.words:
        return None
    return "A name of a single word may be anyone's: a person must confirm it."


def _no_vcse(reading: Reading) -> str | None:
    forms = sorted({body.present.legal_form for body in reading.possible})
    if not _NEVER_VCSE.issuperset(forms):
        return None
    return f"All that bear this name are of other kinds: {', '.join(forms)}."


DOUBTS: Sequence[Doubt] = (
    Doubt("exact-name-not-vcse", _no_vcse, vouching=False, tier="none"),
    Doubt("exact-name-form-conflict", _form_conflict, vouching=False),
    Doubt("exact-name-public-body", _public_body, vouching=False),
    Doubt("exact-name-only", _without_number, vouching=True),
    Doubt("exact-name-shared", _shared, vouching=True),
    Doubt("exact-name-company-differs", _company_differs, vouching=False),
    Doubt("exact-name-form-open", _form_open, vouching=True),
    Doubt("exact-name-one-word", _one_word, vouching=True),
)
