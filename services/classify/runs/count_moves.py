"""The pounds that changes of suppliers move, counted from payments.v1."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import NamedTuple

from services.classify.pounds.read_payments import Passed, PaymentsOf
from services.classify.restate_suppliers import Change
from services.classify.runs.moved import Move, Moving, Tally, state_before, state_now


def moving_of(changes: Sequence[Change]) -> dict[str, Moving]:
    """The state of each supplier before and after its change."""
    return {
        change.before.supplier.supplier_id: Moving(
            state_before(change.before.classification), state_now(change.now)
        )
        for change in changes
    }


class Moves(NamedTuple):
    """The pounds that move, and of how many suppliers."""

    moves: list[Move]
    suppliers: int


async def count_moves(
    moving: Mapping[str, Moving],
    payments_of: PaymentsOf,
    watch: Passed = lambda _, __: None,
) -> Moves:
    """What moves, line by line; nothing is read where nothing could."""
    concerned = {supplier: each for supplier, each in moving.items() if each.moves}
    if not concerned:
        return Moves([], 0)
    tally = Tally(concerned)
    async with aclosing(payments_of(concerned, watch)) as payments:
        async for paid in payments:
            # Two keys of 64 bits may be one: what is not asked for is not counted.
            if paid.supplier_id in concerned:
                tally.add(paid)
    return Moves(tally.moves(), tally.suppliers())


async def count_definition_moves(changes: Sequence[Change], payments_of: PaymentsOf) -> list[Move]:
    """What moves under definitions alone: a tier that changes with the same days reads nothing."""
    moving = {
        supplier: each._replace(before=each.before._replace(tier=each.after.tier))
        for supplier, each in moving_of(changes).items()
    }
    return (await count_moves(moving, payments_of)).moves
