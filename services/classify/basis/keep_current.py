"""Keep the service's index that of the registers in force, and its suppliers by it.

Whoever loads a register reclassifies at once. Should that end half way, or a replica classify by
the earlier index meanwhile, the suppliers concerned bear another basis, and are restated here.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from aiokafka.errors import KafkaError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.basis.basis_in_force import BasisInForce
from services.classify.pounds.read_payments import PaymentsOf
from services.classify.queries.bases import any_stale, has_rules_in_force, record_basis
from services.classify.runs.run_reclassification import Totals, holding_runs_if_free, run_held
from shared.database import DATABASE_ERRORS, begin, driver, raw_connection
from shared.errors import Retryable
from shared.logs import logger

_EVERY_SECONDS = 2.0
_AFTER_FAILURE_SECONDS = 30.0
CAUSE = "classified by earlier registers, definitions or fit"
_WHO = "the service"


async def keep_current(
    engine: AsyncEngine,
    in_force: BasisInForce,
    payments_of: PaymentsOf,
    clock: Callable[[], datetime],
) -> None:
    """Look every two seconds, for ever; what fails is tried again, the index at hand serves on."""
    last = ""
    while True:
        pause = _EVERY_SECONDS
        try:
            basis = await in_force.latest()
            if basis.registers != last:
                last = basis.registers
                logger.info("index.in_force", names=basis.index.entries, registers=last)
            await keep_current_once(engine, in_force, payments_of, clock)
        except (*DATABASE_ERRORS, KafkaError, Retryable) as error:
            logger.warning("index.not_kept_current", error=repr(error))
            pause = _AFTER_FAILURE_SECONDS if isinstance(error, Retryable) else pause
        await asyncio.sleep(pause)


async def keep_current_once(
    engine: AsyncEngine,
    in_force: BasisInForce,
    payments_of: PaymentsOf,
    clock: Callable[[], datetime],
) -> Totals | None:
    """Bring the index, then the suppliers that stand on another basis, up to what is in force.

    The totals of the run; None where there was nothing to do, where somebody runs already, or where
    a replica with newer definitions or a newer fit is there: this one would undo what that one did.
    """
    record = (await in_force.latest()).record()
    async with begin(engine) as tx:
        await record_basis(await driver(tx), record, clock())
    async with engine.connect() as one:
        connection = await raw_connection(one)
        if not await any_stale(connection, record):
            return None
        if not await has_rules_in_force(connection, record):
            return None
    async with holding_runs_if_free(engine) as free:
        if not free:
            return None
        # A load may have ended between the look and the hold.
        basis = await in_force.latest()
        async with engine.connect() as one:
            if not await any_stale(await raw_connection(one), basis.record()):
                return None
        done = await run_held(*(engine, basis, payments_of, CAUSE, _WHO, clock), only_stale=True)
    logger.info("suppliers.restated", suppliers=done.suppliers, changed=done.changed)
    return done
