"""GET /v1/runs on the real database."""

from services.classify.queries.runs import begin_run, finish_run
from services.classify.runs.moved import Move
from shared.database import begin, driver
from tests.classify.database import LATER, NOW
from tests.classify.routes.test_reviews import door
from tests.conftest import MakeEngine
from tests.support.pages import check_page

MOVE = Move("GB-LAE-LDS", "registered-charity", "counts", "does not count", 1, 2, 1250_05)


async def test_runs_are_listed_newest_first_page_by_page(engine_for: MakeEngine) -> None:
    engine = await engine_for("classify")
    for cause in ("first", "second", "third"):
        async with begin(engine) as tx:
            connection = await driver(tx)
            run_id = await begin_run(connection, cause, "officer", {"registers": {}}, NOW)
            if cause != "third":
                await finish_run(connection, run_id, 9, 1, [MOVE], LATER)
    async with door(engine, "spend:read") as client:
        await check_page(client, "/v1/runs", "runs", "cause")
        first = (await client.get("/v1/runs", params={"limit": 2})).json()
        rest = (await client.get("/v1/runs", params={"limit": 2, "before": first["next"]})).json()
    third, second = first["runs"]
    assert (third["cause"], third["finished_at"], third["moves"]) == ("third", None, None)
    assert (second["suppliers"], second["changed"]) == (9, 1)
    assert second["moves"] == [
        {
            "buyer": "GB-LAE-LDS",
            "what": "registered-charity",
            "before": "counts",
            "after": "does not count",
            "suppliers": 1,
            "lines": 2,
            "amount": "1250.05",
        }
    ]
    assert [run["cause"] for run in rest["runs"]] == ["first"]
    assert rest["next"] is None
    async with door(engine, "payments:read") as client:
        assert (await client.get("/v1/runs")).status_code == 403
