"""Answers that are made whole each time: what a client has of them is not sent again."""

import pytest

from shared.door.accepted import CSV_TYPE, JSON_TYPE
from tests.api.conftest import Model
from tests.api.facts import ICB, classified, member, paid

_YEARS = {"from_": "2023-24", "to": "2024-25"}
_YEAR = {"financial_year": "2024-25"}


@pytest.mark.parametrize(
    ("path", "query", "forms"),
    [
        (f"/v1/commitments/{ICB}/2024-25", {}, (JSON_TYPE, CSV_TYPE)),
        ("/v1/benchmarks", _YEAR, (JSON_TYPE, CSV_TYPE)),
        ("/v1/quality", _YEAR | {"buyer": ICB}, (JSON_TYPE, CSV_TYPE)),
        ("/v1/spend/bridge", _YEARS, (JSON_TYPE,)),
    ],
    ids=["commitments", "benchmarks", "quality", "bridge"],
)
async def test_what_a_client_has_is_sent_again_once_it_says_something_else(
    model: Model, path: str, query: dict[str, str], forms: tuple[str, ...]
) -> None:
    await model.project(classified(memberships=[member()]), paid(1, 100_00), paid(2, 100_00))
    await model.project(paid(3, 90_00, "2023-05-01"))
    had = {form: await model._get(path, None, query, form) for form in forms}
    tags = {form: answer.headers["etag"] for form, answer in had.items()}
    assert len({*tags.values()}) == len(forms), "each form has a tag of its own"
    for form, tag in tags.items():
        again = await model._get(path, None, query, form, **{"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["vary"] == "Accept, Authorization"
        assert had[form].headers["content-type"].partition(";")[0] == form
    await model.project(paid(4, 7_00, "2024-05-01"))
    for form, tag in tags.items():
        anew = await model._get(path, None, query, form, **{"if-none-match": tag})
        assert (anew.status_code, anew.headers["etag"] == tag) == (200, False)
