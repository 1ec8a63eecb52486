"""Spend over £500 and over £25,000: whose names are published, what is told to be missing."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.exports.csv_sheet import as_csv
from services.api.exports.publication import REDACTED
from services.api.exports.spend_items import OVER_500, OVER_25000, SpendForm
from services.ingest.dry_run.dry_run import dry_run_file
from tests.api.exports.made import ASKED, MATCHED, UNMATCHED, each, gaps_of, payment, whole

FORMS = pytest.mark.parametrize("form", [OVER_500, OVER_25000], ids=["500", "25000"])
PERSON = {"payee": "A N OTHER", "purpose": "Care of A N Other", "transaction": "ANOTHER-7"}


@FORMS
@pytest.mark.parametrize(
    "paid", [UNMATCHED, MATCHED | {"redacted": True}, UNMATCHED | {"redacted": None}]
)
def test_a_name_that_may_be_a_person_s_is_never_published(
    form: SpendForm, paid: dict[str, Any]
) -> None:
    exported = form.export(payment(**PERSON, **paid), ASKED)
    assert exported.content is not None
    assert REDACTED in exported.content
    assert "OTHER" not in " ".join(map(str, exported.content)).upper()
    assert {"Beneficiary", "Supplier"} & set(gaps_of(exported))


def test_what_the_code_asks_for_stands_in_its_own_words() -> None:
    exported = OVER_500.export(payment(), ASKED)
    assert exported.content is not None
    said = dict(zip(OVER_500.columns, exported.content, strict=True))
    assert said == {
        "Body name": "Leeds City Council",
        "Date the expenditure was incurred": "30/04/2024",
        "Local authority department which incurred the expenditure": "Adults and Health",
        "Beneficiary": "SAINT EXAMPLE HOSPICE",
        "Summary of the purpose of the expenditure": "Care at home, April",
        "Amount": 12_500_00,
        "Value Added Tax that cannot be recovered": "",
        "Merchant category": "Care of adults",
        "Transaction number": "5100012345",
    }
    assert gaps_of(exported) == ["Value Added Tax that cannot be recovered"]


def test_a_transaction_without_number_type_and_area_is_published_and_told() -> None:
    bare = payment(transaction=None, unit=None, expense_type=None, purpose=None)
    exported = OVER_25000.export(bare, ASKED)
    assert exported.content is not None
    assert gaps_of(exported) == ["Expense type", "Expense area", "Transaction number"]
    assert "INV 1" in (OVER_25000.export(bare | {"reference": "INV 1"}, ASKED).content or ())


_WRITTEN = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=30)
_TEXT = _WRITTEN.map(lambda text: f"Carers {text}")
_LARGE = st.integers(25_000_01, 9_999_999_99)
_PAYMENTS = st.lists(
    st.builds(
        lambda payee, day, pence, number, unit, purpose, paid: payment(
            payee=payee,
            payment_date=day,
            amount_pence=pence,
            transaction=number,
            unit=unit,
            purpose=purpose,
            **paid,
        ),
        _TEXT,
        st.dates(date(2024, 4, 1), date(2024, 6, 30)),
        _LARGE | _LARGE.map(lambda pence: -pence),
        st.none() | st.from_regex(r"[A-Z]{2}[0-9]{6}", fullmatch=True),
        st.none() | st.just("Adults and Health"),
        st.none() | _TEXT,
        st.sampled_from([MATCHED, UNMATCHED]),
    ),
    min_size=5,
    max_size=30,
)


@FORMS
@settings(max_examples=15)
@given(payments=_PAYMENTS)
def test_what_is_published_reads_back_as_the_same_pounds(
    form: SpendForm, payments: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    # A month has days beyond the twelfth, so that the order of day and month is never open.
    payments = [*payments, payment(payment_date=date(2024, 4, 30))]
    path: Path = tmp_path_factory.mktemp("published") / "spend.csv"
    path.write_bytes(whole(as_csv(form.columns, each(form.export(p, ASKED) for p in payments))))
    [read] = dry_run_file(path, {}, date(2026, 11, 25), buyer=ASKED.buyer)
    assert (read.state, read.error) == ("payments", "")
    assert read.rejected_by_reason == {}
    assert {
        "payment_date",
        "payee",
        "amount",
        "unit",
        "expense_type",
        "purpose",
        "transaction",
    } <= set(read.table["columns"])
    assert read.accepted.rows == len(payments)
    assert read.accepted.pence == sum(each["amount_pence"] for each in payments)
