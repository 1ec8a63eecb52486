"""The basis on which this process classifies, brought up to the registers in force."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis import Basis
from services.classify.basis.index_registers import Registers, index_apart, read_index
from services.classify.definitions.definition import Definitions
from services.classify.matching.index.index import Index
from services.classify.matching.known import NOTHING
from services.classify.matching.rules import match_suppliers
from services.classify.queries.registers import count_names, registers_stamp
from services.classify.settings import Settings
from services.classify.supplier import Supplier
from shared.database import raw_connection
from shared.errors import Retryable

_WAIT_SECONDS = 20.0
_TRIES = 5
FEW_NAMES = 20_000
"""So few are indexed in this process: in less time than another takes to start."""


class BasisInForce:
    """The one index of this process, with the definitions of its start.

    While a newer one is made, who classifies goes on by the one at hand: what is classified then
    bears its stamp, and is restated (keep_current.py).
    """

    def __init__(
        self,
        engine: AsyncEngine,
        registers: Registers,
        definitions: Definitions,
        few_names: int = FEW_NAMES,
        longest_wait: float = _WAIT_SECONDS,
    ) -> None:
        self._longest_wait = longest_wait
        self._engine, self._registers, self._few = engine, registers, few_names
        self._definitions = definitions
        self._index: Index | None = None
        self._made = asyncio.Event()
        self._making = asyncio.Lock()

    @classmethod
    def of(
        cls, engine: AsyncEngine, settings: Settings, definitions: Definitions
    ) -> "BasisInForce":
        """As the settings say."""
        return cls(engine, Registers.of(settings), definitions)

    @property
    def is_there(self) -> bool:
        """Whether any index is at hand."""
        return self._index is not None

    async def at_hand(self) -> Basis:
        """The basis that this process has; where it has none yet it waits a little, then Retryable.

        Not longer: a batch that never comes back looks like a consumer that is stuck.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(self._longest_wait):
                await self._made.wait()
        if self._index is None:
            raise Retryable("the index of the registers is being made")
        return Basis(self._index, self._definitions)

    async def latest(self, watch: Callable[[str], object] = lambda _: None) -> Basis:
        """The basis of the registers in force; where nobody has made their index, it is made.

        `watch` is told each step of that. Retryable where it can't be made now.
        """
        async with self._making:
            for _ in range(_TRIES):
                async with self._engine.connect() as one:
                    connection = await raw_connection(one)
                    stamp = await registers_stamp(connection)
                    names = await count_names(connection)
                if self._index is not None and self._index.meta["stamp"] == stamp:
                    return Basis(self._index, self._definitions)
                index = await self._make(stamp, names, watch)
                if index is None:  # they were replaced once more
                    continue
                self._index = index
                self._made.set()
            raise Retryable("the registers are being replaced, or their kept index can't be read")

    async def _make(self, stamp: str, names: int, watch: Callable[[str], object]) -> Index | None:
        if names <= self._few:
            async with self._engine.connect() as one:
                connection = await raw_connection(one)
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    return await read_index(connection)
        index = await asyncio.to_thread(self._load, stamp)
        if index is None:
            await index_apart(self._registers, watch)
            index = await asyncio.to_thread(self._load, stamp)
        return index

    def _load(self, stamp: str) -> Index | None:
        index = self._registers.keep.load(stamp)
        if index is not None:
            # What is derived from the file is made now, not while the first batch waits.
            match_suppliers([Supplier("", "WARM WORDS")], NOTHING, index)
        return index
