"""Buyers: who they are, and when they exist."""

import csv
from datetime import date
from pathlib import Path

import pytest

from services import ingest
from services.ingest.buyers.buyer import Buyer, check_buyer, check_exists_on, find_buyer
from shared.errors import Rejected

_BUYERS = Path(ingest.__file__).parent / "buyers" / "buyers.csv"
ICB = Buyer(
    "GB-NHS-QWO", "NHS West Yorkshire ICB", "integrated care board", None, date(2022, 7, 1), None
)
CCG = Buyer("GB-NHS-15F", "NHS Leeds CCG", "CCG", "Leeds", date(2018, 4, 1), date(2022, 6, 30))


def test_an_unknown_buyer_is_told_how_to_become_known() -> None:
    with pytest.raises(Rejected, match="buyers add GB-LAE-XXX") as caught:
        find_buyer({}, "GB-LAE-XXX")
    assert caught.value.field == "buyer"


@pytest.mark.parametrize(
    ("buyer", "day"),
    [(ICB, date(2022, 7, 1)), (CCG, date(2022, 6, 30)), (CCG, date(2018, 4, 1))],
)
def test_the_first_and_the_last_day_count(buyer: Buyer, day: date) -> None:
    check_exists_on(buyer, day, "payment_date")


@pytest.mark.parametrize(
    ("buyer", "day", "reason"),
    [
        (ICB, date(2022, 6, 30), "before NHS West Yorkshire ICB began on 2022-07-01"),
        (CCG, date(2022, 7, 1), "after NHS Leeds CCG ended on 2022-06-30"),
    ],
)
def test_no_one_pays_before_or_after_its_time(buyer: Buyer, day: date, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        check_exists_on(buyer, day, "payment_date")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"org_id": "Leeds"}, "not an org-id"),
        ({"name": " "}, "a buyer's name is text"),
        ({"kind": "countil"}, "'countil' is no kind of buyer; known are: council, combined"),
        ({"place": "x" * 201}, "a buyer's place is text of 1 to 200"),
        ({"place": "Leeds\x07"}, "a buyer's place is text"),
        ({"until": date(2022, 6, 30)}, "until is before since"),
    ],
)
def test_a_buyer_that_payments_could_not_name_is_refused(
    changes: dict[str, object], reason: str
) -> None:
    check_buyer(ICB)
    with pytest.raises(Rejected, match=reason):
        check_buyer(Buyer(**(ICB._asdict() | changes)))


@pytest.mark.parametrize("place", ["", "  ", None])
def test_a_blank_place_is_none(place: str | None) -> None:
    assert check_buyer(ICB._replace(place=place, name=" NHS ")) == ICB._replace(name="NHS")


def test_the_buyers_that_every_installation_begins_with_are_such_as_it_takes() -> None:
    with _BUYERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        buyer = Buyer(row["org_id"], row["name"], row["kind"], row["place"] or None)
        assert check_buyer(buyer) == buyer
