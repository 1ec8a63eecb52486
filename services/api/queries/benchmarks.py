"""A year of every buyer or Place at once: its sums, and the parts by which it is compared.

What is counted is summed once by supplier and programme, then cut in four ways: a year of a million
payments is then some ten thousand rows.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.asked.question import Question
from services.api.benchmarks.population import Areas
from services.api.queries.counted import counted_rows
from services.api.queries.coverage_class import class_of
from services.api.queries.judged import is_agreed
from services.api.queries.known import NOW, Known
from services.api.queries.spend import PassedOn
from services.api.spend.coverage import CLASSES
from services.api.spend.locality import LOCALITIES, Locality, locality
from services.api.tables import agreed

By = Literal["buyer", "place"]
_CLASS, _PROGRAMME, _WHERE, _WHO = range(4)
"""The ways in which each buyer or Place is cut."""


class ProgrammePart(NamedTuple):
    """What is of one programme; None where the codes are none."""

    programme: str | None
    state: str
    lines: int
    pence: int
    vcse_pence: int


class Whereabouts(NamedTuple):
    """What goes to suppliers that count, lie and work in the same Places, and are of one size."""

    place: str | None
    places: tuple[str, ...]
    reach: str | None
    size: str | None
    vcse_pence: int


class Compared(NamedTuple):
    """One buyer or Place: `name` is None for what is coded to no Place.

    `vcse_*` is what counts under the definition, `unsettled_*` the part of it whose supplier is not
    surely matched; `organisations` the net pence of each that counts.
    """

    name: str | None
    lines: int
    pence: int
    vcse_lines: int
    vcse_pence: int
    unsettled_lines: int
    unsettled_pence: int
    gross: dict[str, int]
    class_lines: dict[str, int]
    passed_on: PassedOn
    programmes: list[ProgrammePart]
    whereabouts: list[Whereabouts]
    organisations: list[int]


async def read_compared(
    connection: AsyncConnection, question: Question, by: Sequence[By], known: Known = NOW
) -> dict[By, list[Compared]]:
    """Every buyer or Place that paid anything, by its name; one definition at most."""
    classified = _classified(_base(question, known), known.suppliers)
    cuts = [cut for kind in by for cut in _cuts(classified, kind)]
    rows: dict[By, dict[str | None, list[Any]]] = {kind: {} for kind in by}
    for row in await connection.execute(union_all(*cuts).order_by("kind", "name")):
        rows[row.kind].setdefault(row.name, []).append(row)
    return {kind: [_compared(*one) for one in own.items()] for kind, own in rows.items()}


def by_locality(compared: Compared, who: str, areas: Areas) -> dict[Locality, int]:
    """What counts in pence, by where its suppliers are from the view of a buyer or Place."""
    pence: dict[Locality, int] = dict.fromkeys(LOCALITIES, 0)
    for one in compared.whereabouts:
        named = (one.place, *one.places)
        own = next((place for place in named if place and areas.overlap(who, place)), who)
        pence[locality(own, one.place, one.places, one.reach)] += one.vcse_pence
    return pence


def _base(question: Question, known: Known) -> Subquery:
    """Sums by supplier, Place and programme, and whether they count under the definition."""
    counted = counted_rows(question, known)
    memberships, programmes = known.memberships, known.programmes
    source: Any = counted.join(
        programmes,
        and_(
            programmes.c.coding_id == counted.c.coding_id,
            counted.c.day.between(programmes.c.since, programmes.c.until),
        ),
    ).outerjoin(agreed, is_agreed(counted))
    holds: ColumnElement[bool] = literal(value=False)
    for definition in question.definitions:
        source = source.outerjoin(
            memberships,
            and_(
                memberships.c.supplier_id == counted.c.supplier_id,
                memberships.c.definition == definition,
                memberships.c.since <= counted.c.day,
                memberships.c.until >= counted.c.day,
            ),
        )
        holds = memberships.c.supplier_id.is_not(None)
    place = func.nullif(counted.c.place, "")
    keys = (
        *(counted.c.buyer, place, counted.c.supplier_id),
        *(programmes.c.state, programmes.c.programme_key, holds),
        func.coalesce(agreed.c.passed_on, False),
    )
    named = ("buyer", "place", "supplier_id", "state", "programme_key", "holds", "passed_on")
    summed = (
        select(
            *(key.label(name) for key, name in zip(keys, named, strict=True)),
            func.min(programmes.c.programme).label("programme"),
            *(func.sum(counted.c[name]).label(name) for name in ("lines", "pence", "gross_pence")),
        )
        .select_from(source)
        .group_by(*keys)
    )
    if known.before is not None:
        # What was not known then is taken back to nothing.
        summed = summed.having(func.sum(counted.c["lines"]) > 0)
    return summed.subquery("base")


def _classified(base: Subquery, suppliers: FromClause) -> CTE:
    """The same sums with what is known of each supplier, once however often they are cut."""
    known = func.coalesce(
        suppliers.c.organisation, suppliers.c.organisation_name, cast(base.c.supplier_id, Text)
    )
    return (
        select(
            *base.c,
            case((base.c.holds, known)).label("organisation"),
            suppliers.c.place.label("supplier_place"),
            suppliers.c.places.label("supplier_places"),
            *(suppliers.c.reach, suppliers.c.size),
            class_of(suppliers).label("class"),
        )
        .select_from(base.outerjoin(suppliers, suppliers.c.supplier_id == base.c.supplier_id))
        .cte("cut")
        .prefix_with("materialized")
    )


def _cuts(classified: CTE, by: By) -> list[Select[Any]]:
    """Everything by class of coverage and by programme; what counts, which is far less, by where
    its suppliers are and by who they are.
    """
    cut = classified.alias(f"cut_{by}")
    name = cut.c[by]
    where = (cut.c.supplier_place, cut.c.supplier_places, cut.c.reach, cut.c.size)
    of_all = (cut.c["class"], cut.c.state)
    of_counting = (*where, cut.c.organisation)

    def sums(which: ColumnElement[int]) -> list[ColumnElement[Any]]:
        """What both have: `which` tells the ways apart."""
        vcse = [func.sum(cut.c[each]).filter(cut.c.holds) for each in ("lines", "pence")]
        return [
            *(literal(by).label("kind"), name.label("name"), which.label("cut")),
            *(func.sum(cut.c[each]).label(each) for each in ("lines", "pence", "gross_pence")),
            func.coalesce(vcse[0], 0).label("vcse_lines"),
            func.coalesce(vcse[1], 0).label("vcse_pence"),
            *(
                func.coalesce(func.sum(cut.c[each]).filter(cut.c.passed_on), 0).label(
                    f"passed_on_{each}"
                )
                for each in ("lines", "gross_pence")
            ),
        ]

    return [
        select(
            *sums(case((func.grouping(cut.c.state) == 1, _CLASS), else_=_PROGRAMME)),
            func.min(cut.c.programme).label("programme"),
            *of_all,
            *(cast(null(), column.type).label(column.name) for column in of_counting),
        ).group_by(
            func.grouping_sets(
                tuple_(name, cut.c["class"]), tuple_(name, cut.c.state, cut.c.programme_key)
            )
        ),
        select(
            *sums(case((func.grouping(cut.c.organisation) == 1, _WHERE), else_=_WHO)),
            *(cast(null(), Text).label(each) for each in ("programme", "class", "state")),
            *of_counting,
        )
        .where(cut.c.holds)
        .group_by(func.grouping_sets(tuple_(name, *where), tuple_(name, cut.c.organisation))),
    ]


def _compared(name: str | None, rows: Sequence[Any]) -> Compared:
    """One buyer or Place of its rows."""
    of: dict[int, list[Any]] = {_CLASS: [], _PROGRAMME: [], _WHERE: [], _WHO: []}
    for row in rows:
        of[row.cut].append(row)
    classes = {row._mapping["class"]: row for row in of[_CLASS]}  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    unsettled = [row for kind, row in classes.items() if kind != "matched"]
    return Compared(
        name,
        _sum(of[_CLASS], "lines"),
        _sum(of[_CLASS], "pence"),
        _sum(of[_CLASS], "vcse_lines"),
        _sum(of[_CLASS], "vcse_pence"),
        _sum(unsettled, "vcse_lines"),
        _sum(unsettled, "vcse_pence"),
        {kind: int(classes[kind].gross_pence) if kind in classes else 0 for kind in CLASSES},
        {kind: int(classes[kind].lines) if kind in classes else 0 for kind in CLASSES},
        PassedOn(_sum(of[_CLASS], "passed_on_lines"), _sum(of[_CLASS], "passed_on_gross_pence")),
        [
            ProgrammePart(
                row.programme, row.state, int(row.lines), int(row.pence), int(row.vcse_pence)
            )
            for row in of[_PROGRAMME]
        ],
        [
            Whereabouts(
                row.supplier_place,
                tuple(row.supplier_places or ()),
                row.reach,
                row.size,
                int(row.vcse_pence),
            )
            for row in of[_WHERE]
        ],
        [int(row.vcse_pence) for row in of[_WHO]],
    )


def _sum(rows: Sequence[Any], column: str) -> int:
    return sum(int(getattr(row, column)) for row in rows)
