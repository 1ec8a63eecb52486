"""The bridge from one year to another: every penny in exactly one component."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.spend.bridge import (
    COMPONENTS,
    Component,
    Figures,
    Paid,
    Part,
    Uplifts,
    Year,
    explain,
)

PENCE = st.integers(-(10**13), 10**13)
PROVIDER, PROGRAMME = st.sampled_from("abc"), st.sampled_from(["", "eol", "mh"])
YEARS = st.dictionaries(
    PROVIDER, st.dictionaries(PROGRAMME, st.builds(Paid, st.integers(0, 3), PENCE, PENCE))
)
UPLIFTS = st.dictionaries(PROVIDER, st.dictionaries(PROGRAMME, PENCE))


def _counted(year: Year) -> dict[tuple[str, str], int]:
    return {(who, what): paid.counted for who, of in year.items() for what, paid in of.items()}


@given(YEARS, YEARS, YEARS, YEARS, UPLIFTS)
def test_the_parts_add_up_by_provider_and_programme(
    first: Year, corrected: Year, judged: Year, last: Year, uplifts: Uplifts
) -> None:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for part in explain(Figures(first, corrected, judged, last, uplifts)):
        assert part.component in COMPONENTS
        sums[part.provider, part.programme] += part.pence
    before, after = _counted(first), _counted(last)
    for cell in {*before, *after, *sums}:
        assert sums.get(cell, 0) == after.get(cell, 0) - before.get(cell, 0)


@given(YEARS, YEARS)
def test_what_moved_between_programmes_is_nothing_in_all_of_a_providers(
    first: Year, last: Year
) -> None:
    moved: dict[str, int] = defaultdict(int)
    for part in explain(Figures(first, first, first, last)):
        if part.component == "moved-between-programmes":
            moved[part.provider] += part.pence
    assert not any(moved.values())


CASES: list[tuple[str, dict[str, Paid], dict[str, Paid], dict[Component, int]]] = [
    ("new", {}, {"eol": Paid(1, 70)}, {"new-providers": 70}),
    ("new, and counts from within the year", {}, {"": Paid(2, 70, 30)}, {"new-providers": 70}),
    ("ended", {"eol": Paid(1, 70)}, {}, {"ended": -70}),
    ("dearer", {"": Paid(1, 70)}, {"": Paid(1, 80)}, {"other-price-or-volume": 10}),
    (
        "became a charity as it grew by half",
        {"": Paid(1, 0, 100)},
        {"": Paid(1, 150)},
        {"reclassified": 100, "other-price-or-volume": 50},
    ),
    (
        "was removed from the register as it grew by half",
        {"": Paid(1, 100)},
        {"": Paid(1, 0, 150)},
        {"reclassified": -100},
    ),
    (
        "removed, and paid less",
        {"": Paid(1, 100)},
        {"": Paid(1, 0, 60)},
        {"reclassified": -60, "other-price-or-volume": -40},
    ),
    (
        "from one programme to another, with a fifth more",
        {"eol": Paid(1, 100)},
        {"mh": Paid(1, 120)},
        {"moved-between-programmes": 0, "other-price-or-volume": 20},
    ),
    (
        "a credit in the first year",
        {"": Paid(1, -5)},
        {"": Paid(1, 5)},
        {"other-price-or-volume": 10},
    ),
    ("nothing counts", {"": Paid(1, 0, 9)}, {"": Paid(1, 0, 3)}, {}),
]


def _by_component(parts: list[Part]) -> dict[Component, int]:
    sums: dict[Component, int] = defaultdict(int)
    for part in parts:
        sums[part.component] += part.pence
    return dict(sums)


@pytest.mark.parametrize(("case", "before", "after", "said"), CASES, ids=[c[0] for c in CASES])
def test_a_provider_of_two_years(
    case: str, before: dict[str, Paid], after: dict[str, Paid], said: dict[Component, int]
) -> None:
    first: Year = {case: before} if before else {}
    assert _by_component(explain(Figures(first, first, first, {case: after}))) == said


def test_an_uplift_that_is_known_is_no_other_price() -> None:
    before, after = {"p": {"eol": Paid(1, 100_00)}}, {"p": {"eol": Paid(1, 103_00)}}
    for named in ("eol", "what the agreement calls it"):
        parts = explain(Figures(before, before, before, after, {"p": {named: 40}}))
        assert _by_component(parts) == {"uplift": 40, "other-price-or-volume": 260}
    new = explain(Figures({}, {}, {}, after, {"p": {"eol": 40}}))
    assert _by_component(new) == {"new-providers": 103_00}, "what begins has no uplift"


def test_the_same_year_known_later_is_corrected_reclassified_and_moved() -> None:
    first: Year = {"a": {"": Paid(1, 100)}, "b": {"": Paid(1, 0, 50)}}
    corrected: Year = {"a": {"": Paid(2, 130)}, "b": {"": Paid(1, 0, 50)}}
    judged: Year = {"a": {"eol": Paid(2, 130)}, "b": {"": Paid(1, 50)}}
    parts = explain(Figures(first, corrected, judged, judged))
    assert sorted(parts) == [
        ("corrections", "a", "", 30),
        ("moved-between-programmes", "a", "", -130),
        ("moved-between-programmes", "a", "eol", 130),
        ("reclassified", "b", "", 50),
    ]
