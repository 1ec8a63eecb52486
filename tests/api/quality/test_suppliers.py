"""Credits that nothing explains, and what may have been paid twice."""

from datetime import date

from services.api.quality.credit import SupplierMonth, negative_suppliers, unexplained_credits
from services.api.quality.finding import Sum
from services.api.quality.repeats import (
    Namesake,
    Repeat,
    invoices_of_two,
    namesakes,
    repeated_lines,
)
from tests.api.quality.ledgers import START, of

LATER = date(2023, 5, 1)


def test_a_credit_beyond_all_that_was_paid_in_a_year_is_unexplained() -> None:
    known = SupplierMonth("a", LATER, of(1, -30_000_00), -25_000_00)
    [found] = unexplained_credits([known], START)
    assert (found.measure, found.suppliers) == (-25_000, ("a",))
    assert not list(negative_suppliers([known], START)), "told once"


def test_a_credit_of_what_was_paid_before_is_told_by_its_size_alone() -> None:
    of_earlier = SupplierMonth("a", LATER, of(1, -25_000_00), 100_00)
    assert not list(unexplained_credits([of_earlier], START))
    assert [each.measure for each in negative_suppliers([of_earlier], START)] == [-25_000]
    in_the_first_year = SupplierMonth("a", date(2023, 3, 1), of(1, -30_000_00), -30_000_00)
    assert not list(unexplained_credits([in_the_first_year], START))
    small = SupplierMonth("a", LATER, of(1, -24_999_99), -24_999_99)
    assert not list(negative_suppliers([small], START))


def test_of_equal_lines_all_but_one_may_be_too_many() -> None:
    equal = Repeat("INV 7", 600_00, 3, LATER, LATER, ("a",), equal=True)
    two = Repeat("INV 8", 700_00, 2, LATER, date(2023, 6, 9), ("a", "b"), equal=False)
    [found] = repeated_lines([equal, two])
    assert (found.sum, found.measure) == (Sum(2, 1200_00, 1200_00), 3)
    assert found.rows == {"amount": "600.00", "supplier": "a"}
    [found] = invoices_of_two([equal, two])
    assert (found.sum, found.suppliers) == (Sum(1, 700_00, 700_00), ("a", "b"))
    assert found.rows == {"amount": "700.00"}
    assert "INV" not in found.says, "who may see a reference is decided at the door"


def test_one_name_for_two_suppliers_is_told_with_what_they_were_paid() -> None:
    [found] = namesakes([Namesake(("a", "b"), START, LATER, of(9))])
    assert (found.measure, found.suppliers, found.sum) == (2, ("a", "b"), of(9))
