"""What a test asks of the classifier's database."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cramjam
import msgpack
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.basis.index_registers import read_index
from services.classify.definitions.definition import read_definitions
from services.classify.registers import find_registers
from services.classify.registers.load_registers import load_register
from services.classify.supplier import Supplier
from shared.database import begin, driver, raw_connection
from shared.events import SupplierClassified
from shared.outbox import Outgoing
from tests.classify.registries import charity_row, write_charities
from tests.support.suppliers import supplier_id

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
LATER = datetime(2026, 5, 1, 9, tzinfo=UTC)
DEFINITIONS = read_definitions()


def supplier(payee: str, **numbers: str) -> Supplier:
    """A supplier as a ledger shows it."""
    given = (numbers.get("charity_number"), numbers.get("company_number"))
    return Supplier(supplier_id(payee, *given), payee, *given)


async def basis_of(engine: AsyncEngine) -> Basis:
    """What is in force: the registers as they stand in this database, the shipped definitions."""
    async with begin(engine) as tx:
        return Basis(await read_index(await driver(tx)), DEFINITIONS)


async def load_folder(engine: AsyncEngine, folder: Path, now: datetime = NOW) -> None:
    """Load every register in a folder."""
    for register, path in find_registers(folder):
        await load_register(engine, register, path, now)


async def load_charities(
    engine: AsyncEngine, folder: Path, charities: dict[str, str], **statuses: str
) -> None:
    """Load a list of charities by number; `statuses` are by number, after an underscore."""
    write_charities(
        folder,
        [
            charity_row(number, name, statuses.get(f"_{number}", "active"))
            for number, name in charities.items()
        ],
    )
    await load_folder(engine, folder)


async def announced(engine: AsyncEngine) -> list[SupplierClassified]:
    """The facts in the outbox, in order, and forget them."""
    facts = []
    async with engine.begin() as tx:
        rows = (await tx.execute(text("select records from outbox order by seq"))).scalars().all()
        for packed in rows:
            _, records = msgpack.unpackb(cramjam.zstd.decompress(packed))
            facts += [
                SupplierClassified.model_validate_json(Outgoing(*record).data) for record in records
            ]
        await tx.execute(text("delete from outbox"))
    return facts


async def fetch(engine: AsyncEngine, query: str, *values: Any) -> list[Any]:
    """Rows by the driver."""
    async with engine.connect() as connection:
        rows: Iterable[Any] = await (await raw_connection(connection)).fetch(query, *values)
        return list(rows)
