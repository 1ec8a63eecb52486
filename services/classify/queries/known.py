"""All that is known of a batch of suppliers: registers, and what people decided."""

from collections.abc import Sequence
from typing import Any

from services.classify.decisions.decision import name_key_of
from services.classify.matching.asked import asked
from services.classify.matching.known import Known
from services.classify.queries.decisions import find_decisions
from services.classify.queries.registers import look_up
from services.classify.supplier import Supplier


async def know(connection: Any, suppliers: Sequence[Supplier]) -> Known:
    """What the registers say of these suppliers and of the organisations decided for them."""
    words, org_ids = asked(suppliers)
    decisions = await find_decisions(
        connection, [supplier.supplier_id for supplier in suppliers], map(name_key_of, words)
    )
    decided = dict.fromkeys(
        org_id
        for own in [*decisions.by_name.values(), decisions.by_supplier.values()]
        for decision in own
        for org_id in decision.organisations
    )
    known = await look_up(connection, words, list(dict.fromkeys([*org_ids, *decided])))
    return known._replace(decisions=decisions)
