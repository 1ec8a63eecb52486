"""Personal data: a payee may be a person, and so may the provider of an agreement.

Its name is shown where the supplier matches an organisation, which is public; elsewhere only to
the buyer's own officers (scope personal:read). What the ledger redacts is treated alike, and so is
a supplier not yet classified: nothing is known of it.
"""

from collections.abc import Iterable
from typing import Any

import pyarrow.compute as pc

from shared.access import Caller


def may_be_person(
    *, organisation: str | None, organisation_name: str | None, redacted: bool | None
) -> bool:
    """Whether nothing shows the payee to be an organisation."""
    return bool(redacted) or (organisation is None and organisation_name is None)


def may_be_persons(paid: Any) -> Any:
    """The same of each row of a table of Arrow, by its columns of these names."""
    unknown = pc.and_(pc.is_null(paid["organisation"]), pc.is_null(paid["organisation_name"]))
    return pc.or_(pc.fill_null(paid["redacted"], fill_value=False), unknown)


def may_see(caller: Caller, buyers: Iterable[str]) -> bool:
    """Whether the caller is an officer of one of the buyers that pay."""
    return any(caller.may_see_personal(buyer) for buyer in buyers)
