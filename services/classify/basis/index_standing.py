"""Which index is in force, and how many suppliers are classified by it."""

from typing import Any, NamedTuple

from services.classify.basis.basis import BasisRecord
from services.classify.basis.basis_in_force import FEW_NAMES
from services.classify.basis.index_registers import Registers
from services.classify.definitions.definition import Definitions
from services.classify.queries.bases import count_by_basis
from services.classify.queries.registers import count_names, list_registers, registers_stamp
from services.classify.settings import Settings


class IndexStanding(NamedTuple):
    """The index of the registers in force: `file` is None where so few names need none.

    Suppliers `by_it` are classified by these registers, definitions and fit, `by_others` not yet.
    """

    names: int
    file: str | None
    made: bool
    by_it: int
    by_others: int

    def told(self) -> str:
        """The same in two sentences."""
        where = "made where it is needed" if self.file is None else f"kept in {self.file}"
        if not self.made:
            where = "not made yet: the service makes it, and serves by the earlier one meanwhile"
        return (
            f"The index of these {self.names:,} names is {where}. By these registers, definitions "
            f"and fit {self.by_it:,} suppliers are classified, by others {self.by_others:,}."
        )


async def index_standing(
    connection: Any, settings: Settings, definitions: Definitions
) -> IndexStanding:
    """As this database and the cache folder of this machine have it."""
    stamp = await registers_stamp(connection)
    registers = {each.source: each.as_at.isoformat() for each in await list_registers(connection)}
    names = await count_names(connection)
    record = BasisRecord.of(stamp, registers, definitions)
    file = None if names <= FEW_NAMES else Registers.of(settings).keep.path(stamp)
    return IndexStanding(
        names,
        str(file) if file else None,
        file is None or file.is_file(),
        *await count_by_basis(connection, record),
    )
