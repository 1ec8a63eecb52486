"""contacts.v1: whom to ask about each agreement, as confirmed last."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.projections.projection import Projection, as_json_array
from shared import topics
from shared.database import driver
from shared.events import ContactsNamed
from shared.read_facts import by_type

_UPSERT = """
insert into contacts (agreement_id, version, confirmed_on, contacts)
select * from jsonb_to_recordset($1::jsonb) as fact (agreement_id uuid, version bigint,
    confirmed_on date, contacts jsonb)
on conflict (agreement_id) do update set version = excluded.version,
    confirmed_on = excluded.confirmed_on, contacts = excluded.contacts
    where (contacts.confirmed_on, contacts.version) < (excluded.confirmed_on, excluded.version)
"""


async def project_contacts(tx: AsyncConnection, facts: Sequence[ContactsNamed]) -> None:
    """Keep of each agreement the list that was confirmed last."""
    in_order = sorted(facts, key=lambda fact: (fact.confirmed_on, fact.version))
    last = {str(fact.agreement_id): fact for fact in in_order}
    connection = await driver(tx)
    await connection.execute(_UPSERT, as_json_array(last[each] for each in sorted(last)))


CONTACTS = Projection(topics.CONTACTS, by_type(ContactsNamed), project_contacts)
