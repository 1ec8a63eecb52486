"""SQL of files that are published anew: which imports of a buyer there are to compare with."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.queries.imports import FAILED, FINISHED, RUNNING
from services.ingest.shapes.kept_shape import AGREEMENTS
from services.ingest.tables import imports

_COMPARED: Sequence[ColumnElement[Any]] = (
    *(imports.c.import_id, imports.c.file_id, imports.c.buyer, imports.c.name, imports.c.state),
    *(imports.c.started_at, imports.c.first_date, imports.c.last_date, imports.c.already_known),
    imports.c.supersedes,
    (imports.c.republication["verdict"].astext == "replaces").label("replaces"),
)
"""No JSON: a buyer may have thousands, each with all that was decided of every sheet."""


async def begun_imports(connection: AsyncConnection, buyer: str) -> list[Row[Any]]:
    """The imports of a buyer's payments that state any: finished or not, the newest first.

    One that failed half-way does too, until it is tried again or taken back.
    """
    half_way = or_(imports.c.accepted > 0, func.cardinality(imports.c.supersedes) > 0)
    rows = await connection.execute(
        select(*_COMPARED)
        .where(
            imports.c.buyer == buyer,
            or_(
                imports.c.state.in_((RUNNING, FINISHED)),
                and_(imports.c.state == FAILED, half_way),
            ),
            ~imports.c.shapes.contains([{AGREEMENTS: {}}]),
        )
        .order_by(imports.c.started_at.desc(), imports.c.run.desc())
    )
    return list(rows)
