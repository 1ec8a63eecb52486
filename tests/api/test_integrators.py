"""docs/integrators.md and a generated client, each against a running door of the demonstration."""

import asyncio
import importlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.api.conftest import KEY, Model, token
from tests.api.demonstration import demonstration_year
from tests.support import contracts
from tests.support.client import generate_clients

GUIDE = (contracts.ROOT / "docs" / "integrators.md").read_text()


@pytest.fixture
async def address(model: Model) -> AsyncIterator[str]:
    """Where a door answers that asks for tokens and knows the demonstration year."""
    await model.project(*demonstration_year())
    config = uvicorn.Config(model.app(KEY), port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    [opened] = server.servers
    yield f"http://127.0.0.1:{opened.sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


def test_the_guide_names_only_routes_that_there_are() -> None:
    known = {
        path
        for door in contracts.OPENAPI.glob("*.json")
        for path in re.findall(r'"(/(?:v1/)?[a-z/]+)": \{', door.read_text())
    }
    named = set(re.findall(r"(/v1/[a-z/]+|/reconcile)", GUIDE))
    assert named - known == set()


async def test_the_guide_and_a_generated_client_get_their_figures(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = token("spend:read", "payments:read")
    monkeypatch.setenv("LOCALPOUND_DOOR", address)
    monkeypatch.setenv("LOCALPOUND_TOKEN", given)
    snippets = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert len(snippets) > 1
    told: dict[str, Any] = {}
    await asyncio.to_thread(exec, "\n".join(snippets), told)
    assert told["spend"]["coverage"]["pounds"]["matched"] > 0.6
    assert len(told["payments"]) > 400
    assert "known are: buyer" in told["problem"]["errors"][0]["reason"]

    await asyncio.to_thread(generate_clients, ["api"], tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    await asyncio.to_thread(use_client, address, given, told)


def use_client(address: str, given: str, told: dict[str, Any]) -> None:
    client = importlib.import_module("localpound_api.client")
    get_spend = importlib.import_module("localpound_api.api.spend.get_spend")
    get_payments = importlib.import_module("localpound_api.api.payments.get_payments")
    asking = client.AuthenticatedClient(base_url=address, token=given, timeout=60)
    year = {"buyer": ["GB-NHS-QWO"], "financial_year": ["2024-25"]}
    figures = get_spend.sync(client=asking, group_by=["programme"], **year)
    assert (figures.amount, len(figures.rows)) == (
        told["spend"]["amount"],
        len(told["spend"]["rows"]),
    )
    first = get_payments.sync(client=asking, buyer="GB-NHS-QWO", limit=2)
    second = get_payments.sync(client=asking, buyer="GB-NHS-QWO", limit=2, cursor=first.next_)
    assert len({one.payment_id for one in (*first.items, *second.items)}) == 4
    problem = get_spend.sync(client=asking, group_by=["colour"])
    assert (problem.type_, problem.errors[0].field) == ("/problems#unusable", "group_by")
