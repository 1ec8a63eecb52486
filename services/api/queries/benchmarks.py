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
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.benchmarks.population import Areas
from services.api.coverage import CLASSES
from services.api.locality import LOCALITIES, Locality, locality
from services.api.queries.counted import counted_rows
from services.api.queries.known import NOW, Known
from services.api.question import Question

By = Literal["buyer", "place"]
_WHOLE, _PROGRAMME, _WHERE, _WHO = 0b000, 0b001, 0b010, 0b100
_NONE_OF_THEM = 0b111


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
    programmes: list[ProgrammePart]
    whereabouts: list[Whereabouts]
    organisations: list[int]


async def read_compared(
    connection: AsyncConnection, question: Question, by: Sequence[By], known: Known = NOW
) -> dict[By, list[Compared]]:
    """Every buyer or Place that paid anything, by its name; one definition at most."""
    found: dict[By, dict[str | None, Compared]] = {kind: {} for kind in by}
    classified = _classified(_base(question, known), known.suppliers)
    cuts = union_all(*(_cuts(classified, kind) for kind in by)).order_by("kind", "name", "cut")
    for row in await connection.execute(cuts):
        one = found[row.kind]
        if row.cut == _WHOLE:
            one[row.name] = _whole(row)
        elif row.cut == _PROGRAMME:
            one[row.name].programmes.append(
                ProgrammePart(
                    row.programme,
                    row.programme_state,
                    int(row.lines),
                    int(row.pence),
                    int(row.vcse_pence),
                )
            )
        elif row.cut == _WHERE and row.vcse_lines:
            places = tuple(row.supplier_places or ())
            one[row.name].whereabouts.append(
                Whereabouts(row.supplier_place, places, row.reach, row.size, int(row.vcse_pence))
            )
        elif row.cut == _WHO and row.organisation is not None:
            one[row.name].organisations.append(int(row.vcse_pence))
    return {kind: list(rows.values()) for kind, rows in found.items()}


def by_locality(compared: Compared, who: str, areas: Areas) -> dict[Locality, int]:
    """What counts in pence, by where its suppliers are from the view of a buyer or Place."""
    pence: dict[Locality, int] = dict.fromkeys(LOCALITIES, 0)
    for one in compared.whereabouts:
        named = (one.place, *one.places)
        own = next((place for place in named if place and areas.overlap(who, place)), who)
        pence[locality(own, one.place, one.places, one.reach)] += one.vcse_pence
    return pence


def _base(question: Question, known: Known) -> CTE:
    """Sums by supplier, Place and programme, and whether they count under the definition."""
    counted = counted_rows(question, known)
    memberships, programmes = known.memberships, known.programmes
    source: Any = counted.join(
        programmes,
        and_(
            programmes.c.coding_id == counted.c.coding_id,
            counted.c.day.between(programmes.c.since, programmes.c.until),
        ),
    )
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
    )
    named = ("buyer", "place", "supplier_id", "state", "programme_key", "holds")
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
    return summed.cte("base").prefix_with("materialized")


def _classified(base: CTE, suppliers: FromClause) -> Subquery:
    """The same sums with what is known of each supplier."""
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
            case(
                (suppliers.c.supplier_id.is_(None), "awaiting"),
                (suppliers.c.redacted, "redacted"),
                (suppliers.c.tier == "auto", "matched"),
                (suppliers.c.tier == "review", "review"),
                else_="unmatched",
            ).label("class"),
        )
        .select_from(base.outerjoin(suppliers, suppliers.c.supplier_id == base.c.supplier_id))
        .subquery("cut")
    )


def _cuts(classified: Subquery, by: By) -> Select[Any]:
    """The whole, and cut by programme, by where the suppliers are, and by who they are."""
    cut = classified.alias(f"cut_{by}")
    name = cut.c[by]
    lines, pence, gross = (func.sum(cut.c[each]) for each in ("lines", "pence", "gross_pence"))
    unsettled = and_(cut.c.holds, cut.c["class"] != "matched")
    grouped = func.grouping(cut.c.organisation, cut.c.supplier_place, cut.c.state)
    where = (cut.c.supplier_place, cut.c.supplier_places, cut.c.reach, cut.c.size)
    return select(
        literal(by).label("kind"),
        name.label("name"),
        grouped.op("#")(_NONE_OF_THEM).label("cut"),
        func.min(cut.c.programme).label("programme"),
        cut.c.state.label("programme_state"),
        *(*where, cut.c.organisation),
        *(lines.label("lines"), pence.label("pence")),
        *(
            func.coalesce(total.filter(which), 0).label(f"{of}_{each}")
            for of, which in (("vcse", cut.c.holds), ("unsettled", unsettled))
            for each, total in (("lines", lines), ("pence", pence))
        ),
        *(
            func.coalesce(total.filter(cut.c["class"] == each), 0).label(f"{of}_{each}")
            for each in CLASSES
            for of, total in (("gross", gross), ("lines", lines))
        ),
    ).group_by(
        func.grouping_sets(
            tuple_(name),
            tuple_(name, cut.c.state, cut.c.programme_key),
            tuple_(name, *where),
            tuple_(name, cut.c.organisation),
        )
    )


def _whole(row: Any) -> Compared:
    said = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return Compared(
        row.name,
        int(row.lines),
        int(row.pence),
        int(row.vcse_lines),
        int(row.vcse_pence),
        int(row.unsettled_lines),
        int(row.unsettled_pence),
        {each: int(said[f"gross_{each}"]) for each in CLASSES},
        {each: int(said[f"lines_{each}"]) for each in CLASSES},
        [],
        [],
        [],
    )
