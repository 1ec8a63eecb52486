"""Payees that the ledger withholds."""

import pytest

from services.classify.matching.redaction import is_redacted


@pytest.mark.parametrize(
    "payee",
    [
        *("REDACTED PERSONAL DATA", "DETAILS REDACTED", "Redacted", "Name withheld"),
        *("REDACTED COMMERCIAL CONFIDENTIALITY", "Redacted - personal data", "PERSONAL DATA"),
        *("Supplier name withheld", "Private Individual", "Commercially sensitive", "S40"),
    ],
)
def test_withheld(payee: str) -> None:
    assert is_redacted(payee)


@pytest.mark.parametrize(
    "payee",
    [
        *("REDACTIVE PUBLISHING LIMITED", "Wheels Private Hire", "Keep It Personal Ltd", ""),
        *("Places for People Individual Support", "Data Protection Training Ltd", "Sensitive Care"),
    ],
)
def test_named(payee: str) -> None:
    assert not is_redacted(payee)
