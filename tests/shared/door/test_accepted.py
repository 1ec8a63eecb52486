"""The form that an Accept header asks for, of those that a door offers."""

import pytest
from starlette.exceptions import HTTPException

from shared.door.accepted import CSV_TYPE, JSON_TYPE, accepted


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("", JSON_TYPE),
        ("*/*", JSON_TYPE),
        ("text/csv", CSV_TYPE),
        ("image/png, Text/CSV; charset=utf-8, application/json", CSV_TYPE),
        ("application/json, text/csv", JSON_TYPE),
        ("*/*, text/csv", JSON_TYPE),
        ("text/*", CSV_TYPE),
        ("text/csv;q=0.5, application/json", JSON_TYPE),
        ("application/json; q=0.1, */*; q=0.2, text/csv; q=0.3", CSV_TYPE),
        ("application/json;q=0, */*", CSV_TYPE),
    ],
)
def test_the_form_of_most_weight_that_is_offered_is_taken(header: str, kind: str) -> None:
    assert accepted(header, (JSON_TYPE, CSV_TYPE)) == kind


def test_a_form_that_is_not_made_is_refused_with_those_that_are() -> None:
    with pytest.raises(HTTPException) as refused:
        accepted("application/pdf, image/*, text/csv;q=0", (JSON_TYPE, CSV_TYPE))
    assert refused.value.status_code == 406
    assert refused.value.detail.endswith("made are: application/json, text/csv")
