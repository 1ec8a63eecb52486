"""Which lines ran in a period, for how many pounds of it."""

from datetime import date

import pytest

from services.api.asked.periods import Span, financial_year
from services.api.statements.held import Agreement, Line, Provider, Version, held_in
from services.api.statements.sections.lengths import band, months

YEAR = financial_year("2024-25")
CHARITY = Provider("GB-CHC-1", "Hospice", "matched", ((date.min, date.max),))
COMPANY = Provider("GB-COH-1", "Firm", "matched", ())
UNKNOWN = Provider("supplier", None, "unmatched", ())
REMOVED = Provider("GB-CHC-2", "Closed", "matched", ((date.min, date(2015, 6, 30)),))


def version(
    number: int = 1,
    since: date = date.min,
    start: date = date(2023, 4, 1),
    end: date | None = date(2027, 3, 31),
    lines: tuple[tuple[str, int], ...] = (("End of life", 365_00),),
    provider: Provider = CHARITY,
) -> Version:
    return Version(
        version=number,
        effective_on=since,
        start=start,
        end=end,
        maximum_end=None,
        kind="grant",
        route="direct",
        title="Care",
        changes=(),
        has_rationale=False,
        provider=provider,
        lines=tuple(Line(n, name, pence, recurrent=True) for n, (name, pence) in enumerate(lines)),
    )


def agreement(*versions: Version, ended_on: date | None = None) -> Agreement:
    return Agreement("id", "A-1", ended_on, versions)


def _pence(each: Agreement, period: Span = YEAR, *, unsettled: bool = True) -> list[int]:
    return [held.pence for held in held_in([each], period, unsettled=unsettled)]


@pytest.mark.parametrize(
    ("each", "pence"),
    [
        (agreement(version()), [365_00]),
        (agreement(version(end=date(2024, 4, 1))), [1_00]),
        (agreement(version(start=date(2025, 3, 31))), [1_00]),
        (agreement(version(end=date(2024, 3, 31))), []),
        (agreement(version(start=date(2025, 4, 1))), []),
        (agreement(version(end=None)), [365_00]),
        (agreement(version(), ended_on=date(2024, 4, 10)), [10_00]),
        (agreement(version(), version(2, date(2024, 4, 11), lines=(("x", 730_00),))), [720_00]),
    ],
)
def test_a_line_counts_by_the_days_on_which_its_terms_are_in_force(
    each: Agreement, pence: list[int]
) -> None:
    assert _pence(each) == pence


def test_a_programme_that_changed_within_the_year_has_pounds_of_each() -> None:
    each = agreement(version(), version(2, date(2024, 4, 11), lines=(("Dementia", 365_00),)))
    [held] = held_in([each], YEAR, unsettled=True)
    assert {line.programme: line.pence for line in held.lines} == {
        "End of life": 10_00,
        "Dementia": 355_00,
    }


@pytest.mark.parametrize(
    ("provider", "of_all", "of_settled"),
    [(CHARITY, 1, 1), (COMPANY, 0, 0), (UNKNOWN, 1, 0), (REMOVED, 0, 0)],
)
def test_who_surely_does_not_count_is_left_out(
    provider: Provider, of_all: int, of_settled: int
) -> None:
    each = agreement(version(provider=provider))
    assert len(_pence(each)) == of_all
    assert len(_pence(each, unsettled=False)) == of_settled


def test_a_charity_counts_for_the_year_before_it_was_removed() -> None:
    each = agreement(version(start=date(2014, 4, 1), end=date(2016, 3, 31), provider=REMOVED))
    assert len(_pence(each, financial_year("2014-15"))) == 1
    assert _pence(each, financial_year("2015-16")) == []


@pytest.mark.parametrize(
    ("end", "named", "length"),
    [
        (date(2025, 3, 31), "one year or less", 12),
        (date(2025, 4, 30), "over one, under three years", 13),
        (date(2027, 3, 30), "over one, under three years", None),
        (date(2027, 3, 31), "three to five years", 36),
        (date(2029, 3, 31), "three to five years", 60),
        (date(2029, 4, 30), "over five years", 61),
    ],
)
def test_three_and_five_years_are_the_norm_to_the_day(
    end: date, named: str, length: int | None
) -> None:
    assert band(date(2024, 4, 1), end) == named
    if length is not None:
        assert months(date(2024, 4, 1), end) == length


def test_no_end_is_a_band_of_its_own() -> None:
    assert band(date(2024, 4, 1), None) == "no end recorded"
