"""What the bridge from one year to another is made of: years by provider and programme.

A provider is an organisation, by what is known for the second year, whatever its suppliers were
taken for when the first was told; a supplier that is none is one by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Uuid, any_, func, literal, select, text, union
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from services.api.agreements.agreement_uplift import Terms, uplift_between
from services.api.asked.periods import Span
from services.api.asked.question import Question
from services.api.queries.cut import cut_rows
from services.api.queries.known import Known
from services.api.spend.bridge import Paid, Uplifts
from services.api.tables import agreement_lines, agreement_versions, agreements
from shared.codes import fold_code
from shared.errors import Rejected

MOST_ROWS = 400_000
"""Suppliers by programme and year that are explained at once, in some 300 MB of memory."""


class Provider(NamedTuple):
    """Who was paid: an organisation, else one known by its name, else a supplier by its id."""

    key: str
    organisation: str | None
    organisation_name: str | None
    supplier_id: str

    @property
    def may_be_person(self) -> bool:
        """Whether nothing shows it to be an organisation."""
        return self.organisation is None and self.organisation_name is None


class Row(NamedTuple):
    """What one supplier was paid in a year, named by its first, for a programme."""

    supplier_id: str
    financial_year: int
    programme: str
    counts: bool
    lines: int
    pence: int


async def suppliers_to_explain(
    connection: AsyncConnection, definition: str | None, first: Known, last: Known
) -> tuple[str, ...] | None:
    """Those that ever count by what is known of either year, and all that are one with them.

    None for all, where no definition is asked for. The others add nothing to what counts.
    """
    if definition is None:
        return None
    members = union(
        *(
            select(each.memberships.c.supplier_id).where(
                each.memberships.c.definition == definition
            )
            for each in dict.fromkeys((first, last))
        )
    ).cte("members")
    known = last.suppliers
    organisations = (
        select(known.c.organisation)
        .join(members, members.c.supplier_id == known.c.supplier_id)
        .where(known.c.organisation.is_not(None))
    )
    one_with_them = select(known.c.supplier_id).where(known.c.organisation.in_(organisations))
    return tuple(await connection.scalars(union(select(members.c.supplier_id), one_with_them)))


async def read_rows(connection: AsyncConnection, question: Question, known: Known) -> list[Row]:
    """Each supplier's year by programme, in the years of the question; counted by its definition.

    Rejected: more of them than can be explained at once.
    """
    cut = cut_rows(question, known)
    groups = [
        cut.c.supplier_id,
        cut.c.financial_year,
        func.coalesce(cut.c.programme_key, "").label("programme_key"),
        *([cut.c.holds_0] if question.definitions else []),
    ]
    lines = func.sum(cut.c.lines)
    statement = (
        select(lines, func.sum(cut.c.pence), *groups)
        .group_by(*groups)
        .having(lines > 0)
        .limit(MOST_ROWS + 1)
    )
    found = [
        Row(supplier, year, programme, not counts or counts[0], int(lines), int(pence))
        for lines, pence, supplier, year, programme, *counts in await connection.execute(statement)
    ]
    if len(found) > MOST_ROWS:
        raise Rejected(
            "there is too much to explain at once: name a buyer, or a definition", "buyer"
        )
    return found


async def read_providers(
    connection: AsyncConnection, supplier_ids: Iterable[str], known: Known
) -> dict[str, Provider]:
    """Who each supplier is; one that is not classified is itself."""
    ids = sorted(set(supplier_ids))
    of = known.suppliers.c
    found = await connection.execute(
        select(of.supplier_id, of.organisation, of.organisation_name, of.redacted).where(
            of.supplier_id == any_(literal(ids, ARRAY(Uuid(as_uuid=False))))
        )
    )
    providers = {each: Provider(each, None, None, each) for each in ids}
    for supplier_id, organisation, name, redacted in found:
        if not redacted:
            key = organisation or (f"name {name}" if name else supplier_id)
            providers[supplier_id] = Provider(key, organisation, name, supplier_id)
    return providers


def as_year(
    rows: Iterable[Row], first_year: int, providers: Mapping[str, Provider]
) -> dict[str, dict[str, Paid]]:
    """The rows of one year by provider and programme."""
    found: dict[str, dict[str, Paid]] = defaultdict(dict)
    for row in rows:
        if row.financial_year == first_year:
            of_provider = found[providers[row.supplier_id].key]
            paid = of_provider.get(row.programme, Paid())
            counted, uncounted = (row.pence, 0) if row.counts else (0, row.pence)
            of_provider[row.programme] = Paid(
                paid.lines + row.lines, paid.counted + counted, paid.uncounted + uncounted
            )
    return dict(found)


class Varied(NamedTuple):
    """The uplifts of agreements with providers of a year, and of how many agreements they are."""

    uplifts: Uplifts
    agreements: int


async def read_uplifts(
    connection: AsyncConnection,
    buyers: Sequence[str],
    providers: Mapping[str, Provider],
    spans: tuple[Span, Span],
    known: Known,
) -> Varied:
    """What agreements say of uplift from the first span to the last, by provider and programme."""
    found = await connection.execute(_varied(buyers, spans, known))
    by_agreement: dict[str, list[Any]] = defaultdict(list)
    for row in found.mappings():
        by_agreement[row["agreement_id"]].append(row)
    uplifts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    uplifted = 0
    for rows in by_agreement.values():
        provider = providers.get(rows[-1]["supplier_id"])
        pence = uplift_between([_terms(row) for row in rows], *spans, rows[0]["ended_on"])
        if provider is None or not pence:
            continue
        uplifted += 1
        for programme, each in pence.items():
            uplifts[provider.key][programme] += each
    return Varied({key: dict(pence) for key, pence in uplifts.items()}, uplifted)


def _varied(buyers: Sequence[str], spans: tuple[Span, Span], known: Known) -> Any:
    """Every version of the agreements of which the value was varied since the first span began."""
    of, line = agreement_versions.c, agreement_lines.c
    varied = select(of.agreement_id).where(
        of.changes.contains(["value"]),
        of.effective_on.between(spans[0].since, spans[1].until),
    )
    pair = func.jsonb_build_array(line.programme, line.annual_amount_pence)
    lines = (
        select(func.jsonb_agg(pair, type_=JSONB))
        .where(line.agreement_id == of.agreement_id, line.version == of.version)
        .scalar_subquery()
    )
    statement = (
        select(
            of.agreement_id,
            *(of.version, of.effective_on, of.supplier_id, of.changes, of.end),
            agreements.c.ended_on,
            lines.label("lines"),
        )
        .join(agreements, agreements.c.agreement_id == of.agreement_id)
        .where(of.agreement_id.in_(varied))
        .order_by(of.agreement_id, of.effective_on, of.version)
    )
    if buyers:
        statement = statement.where(agreements.c.buyer.in_(buyers))
    if known.before is not None:
        statement = statement.where(of.recorded_at < known.before)
    return statement


def _terms(row: Mapping[str, Any]) -> Terms:
    annual: dict[str, int] = defaultdict(int)
    for programme, pence in row["lines"] or ():
        annual[fold_code(programme)] += pence
    return Terms(
        row["effective_on"], row["version"], tuple(row["changes"]), dict(annual), row["end"]
    )


_YEARS_PAID = """
    select distinct (extract(year from month) - (extract(month from month) < 4)::int)::int as year
    from spend where cast(:buyers as text[]) = '{}' or buyer = any(cast(:buyers as text[]))
    order by year
"""


async def read_years_paid(connection: AsyncConnection, buyers: Sequence[str]) -> list[int]:
    """The financial years, by their first, of which any payment of these buyers is known."""
    return list(await connection.scalars(text(_YEARS_PAID), {"buyers": list(buyers)}))
