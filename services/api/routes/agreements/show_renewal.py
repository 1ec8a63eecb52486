"""Agreements that are due as a caller may see them, without all that they bring."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.queries.agreements import Row, read_lines, read_versions
from services.api.routes.agreements.show_versions import no_provider, provider_may_be_person
from services.api.routes.door import Answer
from services.api.routes.figures import AMOUNT
from services.api.routes.withheld import ShownSupplier
from shared.access import Caller
from shared.money import format_pounds


class RenewalAnswer(Answer):
    """An agreement that ends or brings something; all that it brings is told by /v1/agreements."""

    agreement_id: UUID
    buyer: str
    reference: str
    kind: str
    title: str | None = Field(description="null where withheld")
    provider: str | None = Field(description="null where withheld")
    withheld: bool = Field(
        description="The provider, now or in another version, may be a person: its name and the"
        " title are kept back from all but the buyer's officers"
    )
    supplier_id: ShownSupplier
    organisation: str | None
    organisation_name: str | None
    start: date
    end: date | None = Field(description="null: no end is recorded")
    ended_on: date | None = Field(
        description="Its last day, once an end is recorded; it may lie ahead"
    )
    annual_amount: str = Field(pattern=AMOUNT, description="Its lines together, a year")
    next_on: date | None = Field(
        description="The first date, from `since` on, that still needs someone, or the last day;"
        " null: there is none, which only what is overdue can be"
    )
    next_kinds: list[str] = Field(
        description="What that date brings: end, its last day; or kinds of obligations (renewal,"
        " service, notice, decision, ...)"
    )
    overdue_on: date | None = Field(
        description="The first day before `as_of` of an obligation that is still open; null: none"
    )


async def show_renewals(
    connection: AsyncConnection, rows: Sequence[Row], caller: Caller
) -> list[dict[str, Any]]:
    """The answers to rows of `read_renewals`."""
    histories = await read_versions(connection, [row["agreement_id"] for row in rows])
    keys = [(row["agreement_id"], row["version"]) for row in rows]
    lines = await read_lines(connection, keys)
    shown = []
    for row, key in zip(rows, keys, strict=True):
        history = histories[row["agreement_id"]]
        terms = next((each for each in history if each["version"] == row["version"]), None)
        if terms is None:  # the read model was emptied since, to be built anew
            continue
        officer = caller.may_see_personal(row["buyer"])
        persons = [each for each in history if not officer and provider_may_be_person(each)]
        said = {
            name: terms[name] if name in terms else row.get(name)
            for name in RenewalAnswer.model_fields
        }
        shown.append(
            said
            | ({"title": None} if persons else {})
            | (
                no_provider(terms["supplier_id"], row["buyer"]) | {"organisation_name": None}
                if terms in persons
                else {}
            )
            | {
                "withheld": bool(persons),
                "annual_amount": format_pounds(
                    sum(line["annual_amount_pence"] for line in lines[key])
                ),
                "next_kinds": row["next_kinds"] or [],
            }
        )
    return shown
