"""Each earlier file judged beside a later one, in the session that holds the lines of both."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.payments.correction import REPUBLICATION
from services.ingest.queries.comparison import (
    Family,
    Match,
    count_families,
    days_of,
    match_lines,
    stage_keys,
    stage_standing,
)
from services.ingest.queries.planned_changes import count_months, plan_changes
from services.ingest.republication.coverage import Span, covered, reached
from services.ingest.republication.earlier_files import Earlier
from services.ingest.republication.republication import (
    MOST_DAYS_MOVED,
    OTHERS,
    RULES,
    SAID,
    WAS_TAKEN_BACK,
    Found,
    Verdict,
    judge,
    keys_of,
)
from services.ingest.republication.republication_report import add_up
from services.ingest.shapes.month_named import month_of_file

Outside = Mapping[str, tuple[int, int]]
"""Rows and pence by month of lines of months that no earlier file is of."""

_MATCHES = [Match(rule.named, rule.alone) for rule in RULES]
_NAMED = [place for place, rule in enumerate(RULES) if rule.named]


class Weighing:
    """The earlier files, numbered, and what the later one states of each."""

    def __init__(
        self,
        connection: AsyncConnection,
        earlier: Sequence[Earlier],
        chosen: Earlier | None,
        later: Span,
        *,
        adds: bool,
    ) -> None:
        self._connection = connection
        self._earlier = earlier
        self._chosen = None if chosen is None else earlier.index(chosen)
        self._later = later
        self._adds = adds
        self._families: dict[int, Family] = {}
        self._found: dict[int, Found] = {}
        self._judged: dict[int, tuple[Verdict, str]] = {}

    async def stage(self, buyer: str) -> None:
        """Have the lines of the earlier files beside those of the later one."""
        sources: dict[str, int] = {}
        for number, each in enumerate(self._earlier):
            for file in each.files:
                sources.setdefault(f"/files/{file}", number)
        await stage_standing(self._connection, buyer, sources)
        await stage_keys(self._connection, keys_of, len(RULES))
        for number, days in (await days_of(self._connection)).items():
            span = covered(days, month_of_file(self._earlier[number].row.name))
            self._families[number] = Family(number, *span, *reached(span, self._later))

    async def judge(self) -> None:
        """Judge each file; once more without those that are others, which took lines from it."""
        await self._match(list(self._families.values()))
        replaced = self._replaced()
        taken = any(
            self._found[number].changed or self._found[number].possible
            for number in self._families
            if number not in replaced
        )
        if replaced and taken:
            others = {number: self._judged[number] for number in self._families}
            await self._match([self._families[number] for number in replaced])
            self._judged = others | self._judged

    async def _match(self, families: Sequence[Family]) -> None:
        await match_lines(self._connection, families, _MATCHES, MOST_DAYS_MOVED)
        for number, counts in (await count_families(self._connection, _NAMED)).items():
            family = self._families[number]
            found = Found(**counts)
            self._found[number] = found
            self._judged[number] = judge(Span(family.first, family.last), self._later, found)

    def _replaced(self) -> list[int]:
        if self._adds:
            return []
        return [
            number
            for number in self._families
            if self._judged[number][0] != "adds" or number == self._chosen
        ]

    def verdict(
        self, shown: Collection[str], *, taken_back: bool
    ) -> tuple[Verdict, str, list[int]]:
        """The verdict on all, its rule, and the earlier files that it is about, the best first.

        Who says that one is replaced has not said so of another that was not `shown` with it.
        """
        near = sorted(self._families, key=lambda number: -self._found[number].matched)
        replaced = [number for number in near if number in self._replaced()]
        if self._adds:
            return "adds", SAID, near[:1]
        asked = [number for number in replaced if self._judged[number][0] == "ask"]
        if self._chosen is not None:
            replaced.sort(key=lambda number: number != self._chosen)
            others = {self._import_of(number) for number in asked if number != self._chosen}
            return ("replaces", SAID, replaced) if others <= {*shown} else ("ask", OTHERS, replaced)
        if not replaced:
            return "adds", self._judged[near[0]][1] if near else "no earlier file", near[:1]
        if asked:
            return "ask", self._judged[asked[0]][1], replaced
        if taken_back:
            return "ask", WAS_TAKEN_BACK, replaced
        return "replaces", self._judged[replaced[0]][1], replaced

    async def sum_up(
        self,
        verdict: Verdict,
        rule: str,
        stated: Sequence[int],
        outside: Outside,
    ) -> dict[str, Any]:
        """Plan the changes; what they come to, as it is kept with the import."""
        replaced = [] if verdict == "adds" else list(stated)
        await plan_changes(self._connection, replaced, [REPUBLICATION] if replaced else [])
        superseded = [self._earlier[number].row for number in {*replaced, *self._contained()}]
        months = await count_months(self._connection, list(stated))
        rows = [self._earlier[number].row for number in stated]
        return {
            "earlier": str(rows[0].import_id) if rows else None,
            "file": rows[0].name if rows else None,
            "also": [row.name for row in rows[1:]],
            "shown": [str(row.import_id) for row in rows],
            "supersedes": [str(row.import_id) for row in superseded],
            "verdict": verdict,
            "rule": rule,
            "unchanged": sum(self._found[number].same for number in stated),
            **add_up(months, outside, [each.name for each in RULES]),
        }

    def _import_of(self, number: int) -> str:
        return str(self._earlier[number].row.import_id)

    def _contained(self) -> list[int]:
        """Files of which the later one states every line: from now on they are its lines too."""
        return [number for number, found in self._found.items() if found.same == found.lines > 0]
