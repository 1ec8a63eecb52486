"""`GET /v1/buyers`, and the health of the service."""

import httpx


async def test_buyers_are_listed(door: httpx.AsyncClient) -> None:
    buyers = (await door.get("/v1/buyers")).json()["buyers"]
    [leeds] = [each for each in buyers if each["org_id"] == "GB-LAE-LDS"]
    assert (leeds["name"], leeds["place"]) == ("Leeds City Council", "Leeds")


async def test_it_is_ready_when_the_database_answers(door: httpx.AsyncClient) -> None:
    assert (await door.get("/health/ready")).status_code == 200
    metrics = (await door.get("/metrics")).text
    assert "localpound_ingest_payments_total" in metrics
