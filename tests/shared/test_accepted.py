"""The form that an Accept header asks for, of those that a door offers."""

import pytest

from shared.accepted import CSV_TYPE, JSON_TYPE, accepted


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("", JSON_TYPE),
        ("*/*", JSON_TYPE),
        ("image/png", JSON_TYPE),
        ("text/csv", CSV_TYPE),
        ("image/png, Text/CSV; charset=utf-8, application/json", CSV_TYPE),
        ("application/json, text/csv", JSON_TYPE),
        ("*/*, text/csv", JSON_TYPE),
    ],
)
def test_the_first_form_that_is_offered_is_taken(header: str, kind: str) -> None:
    assert accepted(header, (JSON_TYPE, CSV_TYPE)) == kind
