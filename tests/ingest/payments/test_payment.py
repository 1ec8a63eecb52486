"""When a posted payment can stand in the ledger, and as what."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.buyers.buyer import Buyer, check_buyer
from services.ingest.keyed_ids import supplier_id
from services.ingest.payments.payment import PostedRow, accepted, difference, read_payment
from shared.envelope import Envelope, read_published
from shared.errors import Rejected
from shared.events import PaymentAccepted, PaymentPosted
from shared.identity import identify
from tests.ingest.said import LEDGER, NOW, payment

BUYERS = {
    "GB-LAE-LDS": Buyer("GB-LAE-LDS", "Leeds City Council", "council", "Leeds"),
    "GB-NHS-QWO": Buyer("GB-NHS-QWO", "NHS West Yorkshire ICB", "ICB", None, date(2022, 7, 1)),
}


def posted(data: dict[str, Any], event_type: str = "payment.posted.v1") -> Envelope:
    return Envelope("1", LEDGER, event_type, json.dumps(data).encode())


def test_a_payment_is_named_by_its_buyer_source_and_id() -> None:
    row = read_payment(posted(payment()), BUYERS, NOW)
    assert row.payment_id == identify("payment", "GB-LAE-LDS", LEDGER, "1")
    assert row.supplier_id == supplier_id("Leeds Mind")
    assert (row.source, row.source_id) == (LEDGER, "1")


def test_a_row_of_a_file_posts_what_an_event_does() -> None:
    assert PostedRow._fields == tuple(PaymentPosted.model_fields)


def test_two_buyers_whose_ledgers_send_the_same_source_and_id_have_payments_of_their_own() -> None:
    leeds, west_yorkshire = (
        read_payment(posted(payment(buyer=buyer)), BUYERS, NOW) for buyer in BUYERS
    )
    assert leeds.payment_id != west_yorkshire.payment_id


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (payment(), "Leeds"),
        (payment(place="Kirklees"), "Kirklees"),
        (payment(buyer="GB-NHS-QWO"), None),
    ],
)
def test_the_place_is_the_buyers_own_where_none_is_given(
    data: dict[str, Any], place: str | None
) -> None:
    assert read_payment(posted(data), BUYERS, NOW).place == place


@pytest.mark.parametrize(
    ("amount", "pence"), [("1,250.00", 125_000), ("-£0.07", -7), ("0", 0), ("12.5", 1250)]
)
def test_pounds_are_taken_as_text(amount: str, pence: int) -> None:
    data = payment(amount=amount, amount_pence=None)
    assert read_payment(posted(data), BUYERS, NOW).amount_pence == pence


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"amount": "1.00"}, "amount", "exactly one"),
        ({"amount_pence": None}, "amount", "exactly one"),
        ({"amount": "1,234.5.6", "amount_pence": None}, "amount", "not an amount of pounds"),
        ({"amount": "NaN", "amount_pence": None}, "amount", "not an amount of pounds"),
        ({"amount": "99999999999999.00", "amount_pence": None}, "amount", "13 digits"),
        ({"buyer": "GB-LAE-XXX"}, "buyer", "buyers add GB-LAE-XXX"),
        ({"buyer": "GB-NHS-QWO", "payment_date": "2022-06-30"}, "payment_date", "began"),
        ({"payment_date": "2026-12-25"}, "payment_date", "more than 31 days ahead"),
    ],
)
def test_a_payment_that_cannot_stand_is_told_why(
    changes: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason) as caught:
        read_payment(posted(payment(**changes)), BUYERS, NOW)
    assert caught.value.field == field


def test_a_payment_may_be_dated_a_month_ahead() -> None:
    row = read_payment(posted(payment(payment_date="2026-12-24")), BUYERS, NOW)
    assert row.payment_date == date(2026, 12, 24)


def test_only_posted_payments_are_taken() -> None:
    with pytest.raises(Rejected, match="an event of this type is not taken here"):
        read_payment(posted(payment(), "payment.posted.v2"), BUYERS, NOW)


def test_what_differs_is_named() -> None:
    before = read_payment(posted(payment()), BUYERS, NOW)
    assert difference(before, before) is None
    assert difference(before, before._replace(amount_pence=1)) == "amount_pence"
    assert difference(before, before._replace(payee="Leeds MIND")) == "payee"
    later = before._replace(recorded_at=datetime(2026, 12, 1, tzinfo=UTC), source="/files/1")
    assert difference(before, later) is None


def test_a_new_default_place_makes_no_other_payment() -> None:
    before = read_payment(posted(payment()), BUYERS, NOW)
    again = before._replace(place="Leeds and beyond")
    assert difference(before, again, "Leeds and beyond") is None
    assert difference(before, again, "Leeds") == "place"


_OPTIONAL = ("reference", "unit", "purpose", "programme", "place", "charity_number")
_line = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x7f"), max_size=200
).filter(lambda text: bool(text.strip()))


@given(
    st.fixed_dictionaries(
        {
            "buyer": st.sampled_from(sorted(BUYERS)),
            "payee": _line,
            "payment_date": st.dates(date(2022, 7, 1), date(2026, 12, 24)).map(str),
            "amount_pence": st.integers(-9_999_999_999_999, 9_999_999_999_999),
        },
        optional=dict.fromkeys(_OPTIONAL, _line),
    )
)
def test_every_payment_accepted_is_one_that_readers_accept(data: dict[str, Any]) -> None:
    row = read_payment(posted(data), BUYERS, NOW)
    event = accepted(row)
    fact = read_published(PaymentAccepted, event)
    assert None not in json.loads(event).values()
    for name, value in fact.model_dump().items():
        expected = getattr(row, name)
        assert str(value) == str(expected) if name.endswith("_id") else value == expected


_TEXT = (
    st.none()
    | st.text(max_size=12)
    | st.text("ab \t\n\r\x00\x1f\x7f\x85\u200b\u3164£é", max_size=8)
)
_LONG = st.text("x ", min_size=195, max_size=205)
_POSTED = st.fixed_dictionaries(
    {
        "buyer": st.just("GB-LAE-LDS"),
        "payee": _TEXT | _LONG,
        "payment_date": st.dates(date(1988, 1, 1), date(2027, 1, 1)).map(str),
        "amount_pence": st.integers(-(10**14), 10**14),
    },
    optional=dict.fromkeys(
        ("reference", "transaction", "unit", "purpose", "programme", "place"), _TEXT | _LONG
    ),
)


@given(data=_POSTED, place=_TEXT | _LONG)
def test_whatever_stands_in_the_ledger_can_be_read_by_those_who_hear_of_it(
    data: dict[str, Any], place: str | None
) -> None:
    try:
        buyer = check_buyer(Buyer("GB-LAE-LDS", "Leeds City Council", "council", place))
        row = read_payment(posted(data), {buyer.org_id: buyer}, NOW)
    except Rejected:
        return
    said = read_published(PaymentAccepted, accepted(row))
    assert (said.payee, said.place, str(said.payment_id)) == (row.payee, row.place, row.payment_id)
