"""Suppliers under many codes; units that come, go and change all at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from services.api.quality.coding import (
    Spread,
    UnitMonth,
    Units,
    appeared,
    many_programmes,
    many_units,
    recoded,
    stopped,
)
from services.api.quality.finding import Sum
from services.api.quality.month import later_month
from tests.api.quality.ledgers import START, of


def paid(unit: str, months: Iterable[int], lines: int = 2000) -> list[UnitMonth]:
    return [UnitMonth(unit, later_month(START, number), of(lines)) for number in months]


def units(*of_units: list[UnitMonth], months: int = 30) -> Units:
    firsts = [later_month(START, number) for number in range(months)]
    heavy = [each for one in of_units for each in one]
    new: dict[date, Sum] = {}
    for one in of_units:
        first = one[0]
        new[first.month] = Sum(*map(sum, zip(new.get(first.month, Sum()), first.sum, strict=True)))
    every = {
        first: Sum(*map(sum, zip(*(u.sum for u in heavy if u.month == first), strict=True)))
        for first in firsts
    }
    return Units(heavy, every, new)


def test_a_supplier_under_five_programmes_in_a_year_is_told_with_its_largest() -> None:
    four, five = (Spread(f"s{n}", 2024, n, of(10), 900_00) for n in (4, 5))
    [found] = many_programmes([four, five])
    assert (found.measure, found.suppliers) == (5, ("s5",))
    assert (found.since, found.until) == (date(2024, 4, 1), date(2025, 3, 31))
    assert found.says == "5 programmes in 2024-25; 90% under the largest"


def test_many_units_are_twice_as_many_as_99_in_100_of_the_suppliers_have() -> None:
    spreads = [Spread(f"s{codes}", 2024, codes, of(10), 1) for codes in (4, 5, 8, 9)]
    assert [each.measure for each in many_units(spreads, usual=4)] == [8, 9]
    assert [each.measure for each in many_units(spreads, usual=1)] == [5, 8, 9]


def test_a_unit_with_much_money_appears() -> None:
    found = list(appeared(units(paid("Adults", range(30)), paid("New", range(20, 30), 1000))))
    assert [(each.unit, each.since, each.sum.lines) for each in found] == [
        ("New", date(2023, 12, 1), 3000)
    ]
    small = units(paid("Adults", range(30)), paid("New", range(20, 30), 50))
    assert not list(appeared(small))
    in_the_first_year = units(paid("Adults", range(30)), paid("New", range(8, 30), 1000))
    assert not list(appeared(in_the_first_year))


def test_a_unit_stops_after_three_months_without_a_payment() -> None:
    adults = paid("Adults", range(30))
    found = list(stopped(units(adults, paid("Old", range(27)))))
    assert [(each.unit, each.until) for each in found] == [("Old", date(2024, 6, 30))]
    assert not list(stopped(units(adults, paid("Old", range(28)))))
    one_mistyped = units(adults[:20], paid("Other", [29], 1))
    assert not list(
        stopped(
            replace(one_mistyped, months={m: p for m, p in one_mistyped.months.items() if p.lines})
        )
    )
    assert not list(stopped(units(adults, paid("Now and then", range(0, 27, 2)))))


def test_a_change_of_all_units_is_one_finding() -> None:
    old = [paid("Adults", range(18)), paid("Children", range(18))]
    new = [paid("A", range(18, 30)), paid("C", range(18, 30))]
    both = units(*old, *new)
    [found] = recoded(both)
    assert (found.since, found.measure) == (date(2023, 10, 1), 1.0)
    assert not list(appeared(both))
    assert not list(stopped(both))
