"""A field that a line lacks, one that the source never has, and one that stops."""

from datetime import date

from services.api.quality.completeness import given, missing_fields, stopped_fields, with_suppliers
from tests.api.quality.ledgers import month, of


def test_a_field_that_most_lines_have_is_missing_in_the_others() -> None:
    year = [month(number, 100, {"unit": 3, "purpose": 100}) for number in range(12)]
    [found] = missing_fields([year])
    assert (found.field, found.sum, found.measure) == ("unit", of(36), 0.03)
    assert found.says == "36 of 1,200 lines have no unit"
    assert found.rows == {"without": "unit"}


def test_what_the_source_never_has_is_said_and_no_finding() -> None:
    year = [month(0, 100, {"purpose": 100})]
    assert given(year, "purpose").state == "never"
    assert given(year, "unit").state == "always"
    assert given([], "unit").state == "none"
    assert not list(missing_fields([year]))


def test_a_column_left_out_from_one_month_on_has_stopped() -> None:
    months = [month(number, 100, {"purpose": number % 3}) for number in range(20)]
    months += [month(number, 100, {"purpose": 100}) for number in (20, 21)]
    [found] = stopped_fields(months)
    assert (found.since, found.until) == (date(2023, 12, 1), date(2024, 1, 31))
    assert (found.field, found.measure, found.usual) == ("purpose", 0, 0.99)


def test_shares_that_move_a_little_or_always_have_not_stopped() -> None:
    little = [month(number, 100, {"unit": 5 * (number % 4)}) for number in range(20)]
    much = [month(number, 100, {"unit": 33 * (number % 4)}) for number in range(20)]
    assert not list(stopped_fields(little))
    assert not list(stopped_fields(much))


def test_of_suppliers_the_class_of_coverage_says_what_is_not_known() -> None:
    classes = {"matched": of(60), "review": of(20), "redacted": of(15), "awaiting": of(5)}
    found = with_suppliers(month(0), classes).without
    assert (found["payee"], found["organisation"]) == (of(15), of(40))
