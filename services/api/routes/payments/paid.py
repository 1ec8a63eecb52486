"""Whose payments a list is of: what lists of payments and of transactions are asked alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import Depends, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.asked.question import days
from services.api.queries.buyers import known_buyers
from services.api.queries.payees import find_payee
from services.api.queries.suppliers import suppliers_of
from services.api.routes.predecessors import WithPredecessors, ask_of
from services.api.withheld.own import held_to
from shared.access import Caller


class Found(NamedTuple):
    """The buyers and, where not all, the suppliers that are asked for; and of whom the buyer is the
    successor.
    """

    buyers: Sequence[str]
    suppliers: Sequence[str] | None
    predecessors: list[dict[str, object]]


@dataclass(frozen=True)
class Paid:
    """By a buyer, to a supplier or an organisation, in a span of days; any where None."""

    buyer: str | None
    supplier: str | None
    organisation: str | None
    span: Span
    with_predecessors: bool

    def by(self, caller: Caller) -> "Paid":
        """The same as far as the caller may ask for it: a provider's are its own."""
        organisation = held_to(caller, self.organisation)
        return Paid(self.buyer, self.supplier, organisation, self.span, self.with_predecessors)

    @property
    def asked(self) -> list[Any]:
        """What a cursor must have been asked with."""
        return [self.buyer, self.supplier, self.organisation, *self.span, self.with_predecessors]

    async def find(self, connection: AsyncConnection, caller: Caller) -> Found:
        """What is asked for, as ids mean it to the caller; nothing where one means nobody.

        Rejected: a buyer that is not known, an organisation that no supplier is.
        """
        buyers = [self.buyer] if self.buyer else []
        of = await ask_of(connection, buyers, with_predecessors=self.with_predecessors)
        known: Sequence[str] = of.buyers or await known_buyers(connection)
        few = await suppliers_of(connection, [self.organisation] if self.organisation else [])
        if self.supplier is not None:
            payee = await find_payee(connection, self.supplier, caller)
            meant = () if payee is None else (payee.supplier_id,)
            few = meant if few is None else tuple({*meant} & {*few})
            if payee is not None and payee.buyers is not None:
                known = [buyer for buyer in known if buyer in payee.buyers]
        return Found(known, few, of.predecessors)


# Without `async` it would be run in a thread.
async def _paid(
    buyer: str | None = None,
    supplier: UUID | None = None,
    organisation: Annotated[
        str | None,
        Query(description="By org-id: to the suppliers that were matched with it"),
    ] = None,
    since: Annotated[date | None, Query(alias="from", description="First day")] = None,
    until: Annotated[date | None, Query(alias="to", description="Last day")] = None,
    *,
    with_predecessors: WithPredecessors = False,
) -> Paid:
    span = next(iter(days(since, until, ())), Span())
    name = None if supplier is None else str(supplier)
    return Paid(buyer, name, organisation, span, with_predecessors)


AskedPaid = Annotated[Paid, Depends(_paid)]
