"""What editions of one file write otherwise is the same; what names another body is not."""

import pytest

from services.ingest.payments.wording import fold_payee, fold_reference, fold_unit


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Leeds Mind Ltd", "LEEDS MIND LIMITED", True),
        ("Leeds Mind Ltd.", " leeds  mind ltd", True),
        ("St Anne's", "ST ANNE\u2019S", True),
        ("Smith & Sons", "SMITH AND SONS", True),
        ("Acme P.L.C.", "Acme Public Limited Company", True),
        ("Smith Ltd", "Smith LLP", False),
        ("Smith Ltd", "Smith", False),
        ("Smith Ltd", "Smith CIC", False),
        ("Limited Editions", "Editions Limited", False),
        ("...", "....", False),  # nothing is left of them but what they are
    ],
)
def test_payees_in_other_words(one: str, other: str, same: bool) -> None:
    assert (fold_payee(one) == fold_payee(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0012345", "12345", True),
        ("12345.0", "12345", True),
        ("inv 7", "INV  7 ", True),
        ("000", "0", True),
        ("12345.5", "12345", False),
        ("INV007", "INV7", False),  # no spreadsheet program takes it for a number
        ("12345", "12346", False),
    ],
)
def test_references_that_a_spreadsheet_program_has_read(
    one: str,
    other: str,
    same: bool,
) -> None:
    assert (fold_reference(one) == fold_reference(other)) is same


def test_units_in_another_case() -> None:
    assert fold_unit("ADULTS AND  HEALTH ") == fold_unit("Adults and Health")
    assert fold_unit("Adults") != fold_unit("Children")
