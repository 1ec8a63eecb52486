"""What every page of a list keeps: the fields that are asked for, and a tag of all of it."""

import httpx


async def check_page(
    client: httpx.AsyncClient,
    path: str,
    items: str,
    field: str,
    headers: dict[str, str] | None = None,
) -> None:
    """Hold a list that has items at this path to it; `field` is one of each item's."""
    sent = headers or {}
    page = await client.get(path, headers=sent)
    values = [{field: item[field]} for item in page.json()[items]]
    assert values, f"{path} has nothing to be held to"
    few = await client.get(path, params={"fields": field}, headers=sent)
    assert few.json()[items] == values
    tag = page.headers["etag"]
    assert few.headers["etag"] != tag
    again = await client.get(path, headers=sent | {"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    refused = await client.get(path, params={"fields": "nothing"}, headers=sent)
    assert refused.status_code == 422
    assert "'nothing' is no field; known are: " in refused.json()["detail"]
