"""Personal data: a payee may be a person, and so may the provider of an agreement.

Its name is shown where the supplier matches an organisation, which is public; elsewhere only to
the buyer's own officers (scope personal:read). What the ledger redacts is treated alike, and so is
a supplier not yet classified: nothing is known of it. Beside a withheld name stands the id of the
payee of that buyer alone (withheld_ids.py), never the supplier's own.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from services.api.withheld.withheld_ids import withheld_id
from shared.access import Caller
from shared.lists.copied_rows import by_value

Shows = Callable[[str | None], str | None]
"""The name of an officer as a caller may see it."""
_BESIDE = "\n"


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


def officer_of(caller: Caller) -> frozenset[str] | None:
    """The buyers of which the caller is an officer; None for all."""
    return caller.only if "personal:read" in caller.scopes else frozenset()


def ids_shown(paid: Any, withheld: Any) -> Any:
    """The ids of the suppliers of a table of Arrow: those for withheld names where it is withheld.

    `withheld` is a column of booleans.
    """
    own = pc.binary_join_element_wise(paid["supplier_id"], paid["buyer"], _BESIDE)
    asked = pc.if_else(withheld, own, pa.scalar(None, pa.string()))
    made = by_value(asked, lambda pair: withheld_id(*pair.split(_BESIDE)), pa.string())
    return pc.if_else(withheld, made, paid["supplier_id"])
