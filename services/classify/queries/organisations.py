"""Organisations of the registers by identifier and by the beginning of a name."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from services.classify.matching.names import comparable

_LAST = chr(0x10FFFF)
_MOST_NAMES = 500


async def names_of(connection: Any, org_ids: Sequence[str]) -> dict[str, list[str]]:
    """Every name of these organisations, in all registers, by org-id."""
    rows = await connection.fetch(
        "select distinct o.org_id, n.name from organisations o"
        " join organisation_names n using (source, key) where o.org_id = any($1) order by 1, 2",
        list(org_ids),
    )
    names: dict[str, list[str]] = defaultdict(list)
    for org_id, name in rows:
        names[org_id].append(name)
    return names


async def begin_with(connection: Any, prefix: str, skip: int, most: int) -> list[str]:
    """Org-ids of organisations with a name that begins so, in the order of their names.

    The first five hundred names are looked at, however many begin so: a prefix of one letter costs
    no more than that.
    """
    words = comparable(prefix).words
    if not words:
        return []
    rows = await connection.fetch(
        "select org_id from (select o.org_id, n.words from organisation_names n"
        " join organisations o using (source, key)"
        " where n.words ~>=~ $1 and n.words ~<~ $2 and o.org_id is not null"
        " order by n.words using ~<~ limit $3) as first"
        ' group by org_id order by min(words collate "C"), org_id offset $4 limit $5',
        words,
        words + _LAST,
        _MOST_NAMES,
        skip,
        most,
    )
    return [row[0] for row in rows]
