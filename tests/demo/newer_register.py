"""A newer register made from a real one, put in force, and what it moves by every account."""

import asyncio
import csv
import gzip
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.demo.replay import BUYER
from deploy.demo.running import Running
from deploy.demo.steps import until
from shared.money import parse_pounds
from shared.topics import SUPPLIERS

NAME, NUMBER, STATUS = "Charity name", "Reg charity number", "Status"
_LISTED = "16/12/2013"
LATER = "30/06/2021"
_WAIT_SECONDS = 120.0


class Restated(NamedTuple):
    """What a load was to move, what it moved, what `api` says of it, and how many facts it cost.

    `moves` and `differences` are pence by definition.
    """

    foretold: list[str]
    told: list[str]
    changed: int
    moves: dict[str, int]
    differences: dict[str, int]
    facts: int


def write_newer(
    original: Path,
    target: Path,
    added: Sequence[str],
    change: Callable[[int, dict[str, str]], dict[str, str]] = lambda _, row: row,
) -> Path:
    """The list of Northern Ireland with charities of these names, each `change`d by its place."""
    with gzip.open(original, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    blank = dict.fromkeys(columns, "") | {"Sub charity number": "0", "Company number": "0"}
    for place, name in enumerate(added):
        row = blank | {NUMBER: str(199000 + place), NAME: name, STATUS: "Up-to-date"}
        rows.append(change(place, row | {"Date registered": _LISTED, "Total income": "0"}))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(rows)
    target.write_bytes(gzip.compress(text.getvalue().encode()))
    return target


def restate(run: Running, file: Path) -> Restated:
    """Load the register: dry, then in earnest, until `api` has every fact that follows."""
    load = ("services.classify", "registers", "load", str(file))
    foretold = run.command(*load, "--dry-run").splitlines()
    before, published = _pence(run), asyncio.run(_published(run))
    told = run.command(*load).splitlines()
    [last] = run.get("classify", "/v1/runs", limit=1)["runs"]
    moves: dict[str, int] = {}
    for move in last["moves"]:
        if move["what"] != "tier":
            sign = 1 if move["after"] == "counts" else -1
            moves[move["what"]] = moves.get(move["what"], 0) + sign * parse_pounds(move["amount"])

    def differences() -> dict[str, int]:
        after = _pence(run)
        return {name: after[name] - before[name] for name in moves}

    until(lambda: differences() == moves or None, within=_WAIT_SECONDS, what="the restated totals")
    facts = asyncio.run(_published(run)) - published
    return Restated(_table(foretold), _table(told), last["changed"], moves, differences(), facts)


def _table(printed: Sequence[str]) -> list[str]:
    """The moves as a command prints them, a line each."""
    return [line for line in printed if line.startswith(f" {BUYER} ")]


def _pence(run: Running) -> dict[str, int]:
    counted: dict[str, Any] = run.get("api", "/v1/spend", buyer=BUYER)["definitions"]
    return {name: parse_pounds(each["amount"]) for name, each in counted.items()}


async def _published(run: Running) -> int:
    """How many facts about suppliers were ever published."""
    consumer = AIOKafkaConsumer(bootstrap_servers=run.addresses.kafka)
    await consumer.start()
    try:
        topic = run.topic_prefix + SUPPLIERS.name
        ends = await consumer.end_offsets(
            [TopicPartition(topic, n) for n in range(SUPPLIERS.partitions)]
        )
        return sum(ends.values())
    finally:
        await consumer.stop()
