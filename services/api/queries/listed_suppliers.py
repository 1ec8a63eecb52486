"""Which suppliers a list is of, and which kinds of them there are to a caller."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from services.api.queries.payees import MAY_BE_PERSON
from services.api.tables import NAMED

# One row each: as a semi-join it might be looked up for all suppliers first.
_PAID_BY = """
    (select true from spend where spend.supplier_id = listed.supplier_id
    and spend.buyer = any(cast(:of as text[])) limit 1) is not null
"""
_PAID_BY_IT = """
    (select true from spend where spend.supplier_id = listed.supplier_id
    and spend.buyer = listed.buyer limit 1) is not null
"""
# Each kind has an index in the order of the ids that are shown, and nothing else in its way.
_ORGANISATIONS = f"""
    (select supplier_id as shown_id, supplier_id, null as buyer from suppliers
    where {NAMED} and supplier_id > cast(:after as uuid) {{few}}
    order by supplier_id limit :most)
"""  # noqa: S608 - our own text
_ALL_PAYEES = """
    (select distinct supplier_id as shown_id, supplier_id, null as buyer from payees
    where supplier_id > cast(:after as uuid) {few} order by supplier_id limit :most)
"""
_OWN_PAYEES = """
    (select distinct own.supplier_id as shown_id, own.supplier_id, null as buyer
    from unnest(cast(:of as text[])) as asked (buyer) cross join lateral (
        select supplier_id from payees
        where payees.buyer = asked.buyer and supplier_id > cast(:after as uuid) {few}
        order by supplier_id limit :most
    ) as own order by supplier_id limit :most)
"""
_OTHERS_PAYEES = """
    (select withheld_id as shown_id, supplier_id, buyer from payees
    where withheld_id > cast(:after as uuid) and buyer <> all(cast(:own as text[])) {few}
    order by withheld_id limit :most)
"""
_PAYEES_OF_OTHERS = """
    (select other.* from unnest(cast(:of as text[])) as asked (buyer) cross join lateral (
        select withheld_id as shown_id, supplier_id, buyer from payees
        where payees.buyer = asked.buyer and withheld_id > cast(:after as uuid) {few}
        order by withheld_id limit :most
    ) as other order by shown_id limit :most)
"""
_IN_FEW = "supplier_id = any(cast(:suppliers as uuid[]))"


class Sought(NamedTuple):
    """Suppliers paid by any of these buyers, of any of these classes of coverage (all where none);
    only those among `suppliers`, where not None; that count under a definition on any day; of a
    legal form; whose names bear words, as `search_words` has them. `own` are the buyers of which
    the asker is an officer, None for all: payees of others that may be persons are one for each.
    """

    buyers: Sequence[str]
    suppliers: Sequence[str] | None
    coverage: Sequence[str]
    definition: str | None
    legal_form: str | None
    words: str | None
    own: frozenset[str] | None

    def values(self) -> dict[str, Any]:
        """As the statements name them."""
        return self._asdict() | {
            "buyers": list(self.buyers),
            "suppliers": list(self.suppliers or ()),
            "coverage": list(self.coverage),
            "own": None if self.own is None else sorted(self.own),
        }

    @property
    def few(self) -> str:
        """The condition that it is among those few, where there are any."""
        return "" if self.suppliers is None else f"and {_IN_FEW}"


class Kind(NamedTuple):
    """What lists suppliers of a kind in the order of the ids that are shown, by what they pass
    beside what is asked of all, and the buyers that are asked for.
    """

    listed: str
    passes: Sequence[str]
    of: Sequence[str]


def kinds_of(sought: Sought) -> Iterator[Kind]:
    """The kinds of suppliers that a page may hold."""
    own, buyers = sought.own, sought.buyers
    paid_by = [_PAID_BY] if buyers else []
    yield Kind(_ORGANISATIONS, paid_by, buyers)
    if sought.words is not None:  # names that may be persons' are not searched
        return
    if own is None and not buyers:
        yield Kind(_ALL_PAYEES, [MAY_BE_PERSON], ())
        return
    mine = [each for each in buyers if own is None or each in own] if buyers else sorted(own or ())
    if mine:
        yield Kind(_OWN_PAYEES, [MAY_BE_PERSON, *paid_by], mine)
    others = [each for each in buyers if own is not None and each not in own]
    if others:
        yield Kind(_PAYEES_OF_OTHERS, [MAY_BE_PERSON, _PAID_BY_IT], others)
    if not buyers:
        yield Kind(_OTHERS_PAYEES, [MAY_BE_PERSON], ())
