"""The buyers' maps of their codes, as they stand or as they were known at a moment."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.spend.programme import Codes, Dated, Generations, generations
from shared.database import raw_connection

Coding = tuple[str, str, str, str]
"""A buyer and the codes, as the ledger prints them; '' where there is none."""

_PAIRS = "select predecessor, successor from successions"
# Only the lines that may name one of the codes: a whole map is large, what is new in a batch small.
_NAMED = """
    buyer = any($1::text[]) and unit = any($2::text[]) and expense_type = any($3::text[])
    and ledger_programme = any($4::text[])
"""
_LINES = f"""
    select buyer, unit, expense_type, ledger_programme, since, programme, budget_head
    from programme_lines
    where {_NAMED} and programme is not null
    order by since
"""  # noqa: S608 - our own text
_LINES_KNOWN = f"""
    select buyer, unit, expense_type, ledger_programme, since, said.programme, said.budget_head
    from programme_lines as line cross join lateral (
        select programme, budget_head from programme_line_versions as version
        where version.line_id = line.line_id and version.recorded_at < $5
        order by version.version desc limit 1
    ) as said
    where {_NAMED} and said.programme is not null
    order by since
"""  # noqa: S608


async def read_pairs(connection: AsyncConnection) -> list[tuple[str, str]]:
    """Every predecessor with the body that answers for it."""
    found = await (await raw_connection(connection)).fetch(_PAIRS)
    return [(predecessor, successor) for predecessor, successor in found]


async def read_maps(
    connection: AsyncConnection, codings: Sequence[Coding], before: datetime | None = None
) -> dict[str, Generations]:
    """The maps by which the codes of each buyer are read, as far as they may name these codes.

    By what was recorded `before` a moment, where one is given. Who answers for whom is asked of
    today: an order of succession is law from its day on, whenever it was entered here.
    """
    pairs = await read_pairs(connection)
    bodies = {buyer: generations(buyer, pairs) for buyer in {buyer for buyer, *_ in codings}}
    everyone = {body for each in bodies.values() for generation in each for body in generation}
    folded = [Codes(*codes).folded() for _, *codes in codings]
    named = [sorted({"", *each}) for each in zip(*folded, strict=True)]
    asked = (sorted(everyone), *named)
    raw = await raw_connection(connection)
    if before is None:
        lines = await raw.fetch(_LINES, *asked)
    else:
        lines = await raw.fetch(_LINES_KNOWN, *asked, before)
    maps: dict[str, dict[Codes, list[Dated]]] = {}
    for buyer, *codes, since, programme, budget_head in lines:
        of_codes = maps.setdefault(buyer, {}).setdefault(Codes(*codes), [])
        of_codes.append(Dated(since, programme, budget_head))
    return {buyer: _present(of_buyer, maps) for buyer, of_buyer in bodies.items()}


def _present(
    bodies: Iterable[Iterable[str]], maps: dict[str, dict[Codes, list[Dated]]]
) -> Generations:
    return [[maps[body] for body in each if body in maps] for each in bodies]
