"""A query parameter that a route does not have: at every door an error that names those it has."""

import httpx
import pytest

from tests.support.contracts import DOORS, committed, doors

# A link in a letter gathers parameters on its way; OpenRefine's protocol lets clients add theirs;
# one payment has nothing to filter.
_LENIENT = (
    *("/health", "/reconcile", "/v1/payments/{payment_id}"),
    "/v1/notifications/{notification_id}/acknowledge",
    "/v1/subscriptions/{subscription_id}/unsubscribe",
)


def routes() -> list[tuple[str, str]]:
    return [
        (name, path)
        for name in DOORS
        for path, methods in committed(name)["paths"].items()
        if "get" in methods and not path.startswith(_LENIENT)
    ]


async def get(door: str, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(doors()[door], raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        return await client.get(path)


@pytest.mark.parametrize(("door", "path"), routes())
async def test_a_misspelt_parameter_is_refused(door: str, path: str) -> None:
    answer = await get(door, f"{path}?byer=GB-LAE-LDS")
    assert answer.status_code == 422
    assert "'byer' is not a parameter; known are: " in answer.json()["detail"]


@pytest.mark.parametrize("door", DOORS)
async def test_the_page_of_the_interface_needs_no_other_host(door: str) -> None:
    page = (await get(door, "/docs")).text
    assert "/static-offline-docs/swagger-ui-bundle.js" in page
    assert "https://" not in page


async def test_what_takes_one_value_is_refused_when_it_is_sent_twice() -> None:
    answer = await get("api", "/v1/payments?buyer=GB-LAE-LDS&buyer=GB-NHS-QWO")
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "field": "buyer",
        "row": None,
        "reason": "buyer was sent 2 times: it takes one value",
    }


@pytest.mark.parametrize(
    ("door", "path"),
    [
        ("api", "/v1/organisations/GB%00"),
        ("api", "/v1/organisations?name=%00"),
        ("classify", "/reconcile/suggest/type?prefix=%00"),
    ],
)
async def test_a_null_byte_is_named_by_where_it_stands(door: str, path: str) -> None:
    answer = await get(door, path)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["reason"].endswith(" holds a null byte")
