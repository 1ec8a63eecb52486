"""How long agreements run (paper P1, section 5.4: three to five years is the norm)."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from dateutil.relativedelta import relativedelta

from services.api.agreements.agreement_terms import NO_DURATION_RATIONALE, Terms, marks
from services.api.statements.document import Bar, Chart, Figure, Section, Table
from services.api.statements.facts import Built, Facts, agreement_link, figure
from services.api.statements.held import Held, Version
from services.api.statements.relations import Relation
from services.api.statements.shown import part, pounds, show
from shared.periods import later

_DAY = timedelta(days=1)
_DAYS_IN_A_MONTH = Decimal("30.4375")
BANDS = (
    "one year or less",
    "over one, under three years",
    "three to five years",
    "over five years",
    "no end recorded",
)
_ONE_YEAR, _, _THREE_TO_FIVE, _, _OPEN = BANDS
_MOST = 500


def band(start: date, end: date | None) -> str:
    """The band of a term; both days count, so 1 April 2024 to 31 March 2025 is one year."""
    if end is None:
        return _OPEN
    one, three, five = (later(start, years) - _DAY for years in ("P1Y", "P3Y", "P5Y"))
    if end <= one:
        return _ONE_YEAR
    if end < three:
        return BANDS[1]
    return _THREE_TO_FIVE if end <= five else BANDS[3]


def months(start: date, end: date) -> Decimal:
    """The length of a term in calendar months; what is over as days of an average month."""
    length = relativedelta(end + _DAY, start)
    whole = 12 * length.years + length.months
    return Decimal(whole) + Decimal(length.days) / _DAYS_IN_A_MONTH


def lengths(facts: Facts) -> Built:
    """Agreements by the length of their term, and those outside the norm without a reason."""
    by_band: dict[str, list[Held]] = {name: [] for name in BANDS}
    for held in facts.held:
        by_band[band(held.version.start, held.version.end)].append(held)
    unexplained = [held for held in facts.held if _is_unexplained(held)]
    keys = {name: f"lengths.{name.replace(',', '').replace(' ', '-')}" for name in BANDS}
    section = Section(
        id="lengths",
        title="Lengths of agreements",
        paper="5.4",
        notes=[
            (
                "From the first day to the last by the terms that held last in the period, "
                "extensions "
                "included; options that are not taken up are not."
            )
        ],
        figures=_figures(facts, by_band, unexplained, keys),
        tables=[_table(facts, by_band), _unexplained(unexplained)],
        charts=[_chart(by_band)],
    )
    return Built(
        section,
        [
            Relation("agreed.agreements", "sum", tuple(keys.values())),
            Relation("lengths.one-year-share", "share", (keys[_ONE_YEAR], "agreed.agreements")),
            Relation("lengths.norm-share", "share", (keys[_THREE_TO_FIVE], "agreed.agreements")),
        ],
    )


def _is_unexplained(held: Held) -> bool:
    versions = held.agreement.versions
    number = versions.index(held.version)
    before = _terms(versions[number - 1]) if number else None
    return NO_DURATION_RATIONALE in marks(_terms(held.version), before)


def _terms(version: Version) -> Terms:
    return Terms(
        version.effective_on,
        version.start,
        version.end,
        version.maximum_end,
        version.annual_pence,
        version.has_rationale,
    )


def _figures(
    facts: Facts, by_band: dict[str, list[Held]], unexplained: list[Held], keys: dict[str, str]
) -> list[Figure]:
    terms = [
        months(held.version.start, held.version.end)
        for held in facts.held
        if held.version.end is not None
    ]
    average = sum(terms, Decimal(0)) / len(terms) if terms else None
    known, rows, count = facts.agreed_coverage, facts.register(), len(facts.held)
    return [
        *(
            figure(
                keys[name],
                f"Agreements of {name}" if name != _OPEN else "Agreements with no end recorded",
                len(held),
                "count",
                "Agreements that ran in the period",
                coverage=known,
                rows=rows,
            )
            for name, held in by_band.items()
        ),
        figure(
            "lengths.average",
            "Average length",
            average and average.quantize(Decimal("0.01"), ROUND_HALF_UP),
            "months",
            f"Of the {len(terms)} agreements with an end, each counted once",
            coverage=known,
            rows=rows,
        ),
        figure(
            "lengths.one-year-share",
            "Share of agreements of one year or less",
            part(len(by_band[_ONE_YEAR]), count),
            "share",
            "Of all agreements that ran in the period",
            coverage=known,
            rows=rows,
        ),
        figure(
            "lengths.norm-share",
            "Share of agreements of three to five years",
            part(len(by_band[_THREE_TO_FIVE]), count),
            "share",
            "Of all agreements that ran in the period",
            coverage=known,
            rows=rows,
        ),
        figure(
            "lengths.unexplained",
            "Agreements outside the norm without a reason",
            len(unexplained),
            "count",
            "Shorter than three years or longer than five, and no written reason is recorded",
            coverage=known,
            rows=rows,
        ),
    ]


def _table(facts: Facts, by_band: dict[str, list[Held]]) -> Table:
    return Table(
        id="lengths",
        title="Agreements by length of term",
        columns=["Length", "Agreements", "Share", "Agreed"],
        numeric=[1, 2, 3],
        rows=[
            [
                name,
                str(len(held)),
                show(part(len(held), len(facts.held)), "share"),
                show(pounds(sum(one.pence for one in held)), "pounds"),
            ]
            for name, held in by_band.items()
        ],
        links=[facts.register() for _ in by_band],
        left_out=0,
    )


def _unexplained(held: list[Held]) -> Table:
    shown = held[:_MOST]
    return Table(
        id="unexplained",
        title="Agreements outside three to five years without a written reason",
        columns=["Agreement", "From", "To", "Length"],
        numeric=[3],
        rows=[
            [
                one.agreement.reference,
                one.version.start.isoformat(),
                "" if one.version.end is None else one.version.end.isoformat(),
                ""
                if one.version.end is None
                else show(months(one.version.start, one.version.end), "months"),
            ]
            for one in shown
        ],
        links=[agreement_link(one.agreement) for one in shown],
        left_out=max(0, len(held) - _MOST),
    )


def _chart(by_band: dict[str, list[Held]]) -> Chart:
    return Chart(
        id="lengths",
        title="Agreements by length of term",
        description="; ".join(f"{name}: {len(held)}" for name, held in by_band.items()),
        unit="count",
        series=["Agreements"],
        bars=[Bar(label=name, values=[Decimal(len(held))]) for name, held in by_band.items()],
    )
