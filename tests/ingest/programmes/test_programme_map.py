"""What a load changes of a buyer's map, and what no line can say."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.programmes.programme_map import MapLine, change_map, check_line
from shared.errors import Rejected

YEAR = date(2024, 4, 1)


def line(
    programme: str,
    unit: str | None = "31110",
    since: date | None = None,
    budget_head: str | None = None,
) -> MapLine:
    return MapLine(unit, None, None, since, programme, budget_head)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"programme": "End of life"}, "unit"),
        ({"programme": "End of life", "unit": "\u202e31110"}, "unit"),
        ({"programme": "x" * 201, "unit": "31110"}, "programme"),
        ({"programme": "End of life", "unit": "31110", "since": date(1899, 1, 1)}, "since"),
    ],
)
def test_a_line_names_a_code_a_programme_and_a_day_that_can_be(
    said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Rejected) as error:
        check_line(said)
    assert error.value.field == field


def test_a_load_adds_and_changes_and_takes_away_only_as_the_whole() -> None:
    before = [line("End of life"), line("Carers", "42000")]
    given = [line("Older people", " 31110.0"), line("Older people", since=YEAR)]
    added = change_map(before, given, whole=False)
    assert added.added == [given[1]]
    assert added.changed == [(before[0], line("Older people"))], "a code keeps its first spelling"
    assert not added.removed
    assert change_map(before, given, whole=True).removed == [before[1]]
    assert not change_map(added.after, given, whole=False)


def test_two_spellings_of_a_programme_are_one_spelt_as_it_was_given_last() -> None:
    before = [line("End Of Life"), line("Carers", "42000")]
    changes = change_map(before, [line("End of life", "50000")], whole=False)
    assert [each.programme for each in changes.after] == ["End of life", "Carers", "End of life"]
    with pytest.raises(Rejected, match="are 'Carers' and 'Other'"):
        change_map([], [line("Carers"), line("Other", "31110.0")], whole=False)


def test_a_line_is_replaced_with_its_budget_head_which_has_one_spelling_too() -> None:
    before = [line("A", budget_head="GENERAL fund"), line("A", "1", budget_head="Precept")]
    changes = change_map(before, [line("A", "2", budget_head="General Fund")], whole=False)
    assert [each.budget_head for each in changes.after] == [
        "Precept",
        "General Fund",
        "General Fund",
    ]
    assert change_map(before, [line("A", "1")], whole=False).changed == [
        (before[1], line("A", "1"))
    ]
    with pytest.raises(Rejected, match="are 'Precept' and 'none'") as error:
        change_map([], [line("A", budget_head="Precept"), line("a")], whole=False)
    assert error.value.field == "budget_head"


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from("ABab"),
        st.sampled_from(["1", "01", "1.0"]),
        st.sampled_from([None, YEAR]),
        st.sampled_from([None, "H", "h"]),
    ),
    unique_by=MapLine.key,
)


@given(LINES, LINES, st.booleans())
def test_what_is_said_of_a_change_is_the_difference(
    before: list[MapLine], given: list[MapLine], whole: bool
) -> None:
    start = change_map([], before, whole=True).after
    changes = change_map(start, given, whole=whole)
    kept = {each.key(): each for each in start}
    for gone in changes.removed:
        del kept[gone.key()]
    for each in (*changes.added, *(after for _, after in changes.changed)):
        kept[each.key()] = each
    assert sorted(kept) == [each.key() for each in changes.after]
    assert {each.programme for each in kept.values()} == {e.programme for e in changes.after}
    assert not change_map(changes.after, start, whole=True) or bool(changes)
