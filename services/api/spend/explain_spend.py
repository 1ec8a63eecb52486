"""Explain how spend changed from one year to another, as each was known on a day."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.periods import Span
from services.api.asked.question import Question
from services.api.queries.bridge import (
    Provider,
    Row,
    Varied,
    as_year,
    read_providers,
    read_rows,
    read_uplifts,
    suppliers_to_explain,
)
from services.api.queries.known import Known
from services.api.queries.spend import Counted, PassedOn, Sums, read_spend
from services.api.spend.bridge import Figures, Part, explain
from shared.codes import fold_code


@dataclass(frozen=True)
class AskedYears:
    """Two financial years, by their days and what is known of each, and what is counted of them.

    `programmes` empty: all; '' is none.
    """

    first: Span
    last: Span
    first_known: Known
    last_known: Known
    definition: str | None
    buyers: tuple[str, ...]
    programmes: tuple[str, ...]

    def question(self, *spans: Span) -> Question:
        """What is counted, in these years; those apart may be the same, which is asked once."""
        return Question(
            definitions=() if self.definition is None else (self.definition,),
            buyers=self.buyers,
            programmes=self.programmes,
            spans=tuple(sorted(set(spans))),
        )


class Explained(NamedTuple):
    """Both years' sums, the parts that add up to the difference, and whose they are by key.

    `agreements` are those of which an uplift is known.
    """

    first: Sums
    last: Sums
    parts: list[Part]
    providers: dict[str, Provider]
    agreements: int


class _Rows(NamedTuple):
    """The first year as told then, by later payments, and by all that is known later; the last."""

    first: list[Row]
    corrected: list[Row]
    both: list[Row]


async def explain_spend(connection: AsyncConnection, asked: AskedYears) -> Explained:
    """In one transaction that sees one state (repeatable read), for parts and sums to agree.

    Rejected: more suppliers than can be explained at once.
    """
    rows = await _read(connection, asked)
    everyone = {row.supplier_id for each in rows for row in each}
    providers = await read_providers(connection, everyone, asked.last_known)
    spans = asked.first, asked.last
    varied = await read_uplifts(connection, asked.buyers, providers, spans, asked.last_known)
    first = await _sum(connection, asked.question(asked.first), asked.first_known)
    last = await _sum(connection, asked.question(asked.last), asked.last_known)
    parts = await asyncio.to_thread(_explain, rows, providers, varied, asked)
    by_key = {provider.key: provider for provider in providers.values()}
    return Explained(first, last, parts, by_key, varied.agreements)


async def _read(connection: AsyncConnection, asked: AskedYears) -> _Rows:
    """Every programme of whoever counts: what left one may have come to another."""
    then, now = asked.first_known, asked.last_known
    suppliers = await suppliers_to_explain(connection, asked.definition, then, now)
    of_all = replace(
        asked.question(asked.first, asked.last),
        group_by=("supplier_id", "programme", "financial_year"),
        programmes=(),
        suppliers=suppliers,
    )
    both = await read_rows(connection, of_all, now)
    if then is now:
        return _Rows(both, both, both)
    of_first = replace(of_all, spans=(asked.first,))
    first = await read_rows(connection, of_first, then)
    return _Rows(first, await read_rows(connection, of_first, then.with_payments_of(now)), both)


async def _sum(connection: AsyncConnection, question: Question, known: Known) -> Sums:
    found = await read_spend(connection, question, known)
    nothing = [Counted() for _ in question.definitions]
    return found[0] if found else Sums({}, 0, 0, nothing, {}, {}, PassedOn())


def _explain(
    rows: _Rows, providers: dict[str, Provider], varied: Varied, asked: AskedYears
) -> list[Part]:
    first_year, last_year = asked.first.since.year, asked.last.since.year
    judged = as_year(rows.both, first_year, providers)
    last = judged if first_year == last_year else as_year(rows.both, last_year, providers)
    if rows.first is rows.both:
        figures = Figures(judged, judged, judged, last, varied.uplifts)
    else:
        first, corrected = (
            as_year(each, first_year, providers) for each in (rows.first, rows.corrected)
        )
        figures = Figures(first, corrected, judged, last, varied.uplifts)
    return _of_programmes(explain(figures), asked.programmes)


def _of_programmes(parts: list[Part], programmes: Sequence[str]) -> list[Part]:
    keys = {fold_code(programme) for programme in programmes}
    return [part for part in parts if not keys or part.programme in keys]
