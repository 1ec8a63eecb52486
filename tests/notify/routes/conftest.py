"""notify's door as `main.build` wires it, on a real database, at the real time."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.notify.main import build
from services.notify.settings import Settings
from shared.access import issue_token

KEY = SecretStr("the token key of the tests, long enough for HS256")
MakeDoor = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def door(stack: Addresses, prefix: str, engine: AsyncEngine) -> AsyncIterator[MakeDoor]:
    """Makes clients of doors with the settings given; with `token_key` they carry no token."""
    opened: list[Any] = []

    def make(**settings: Any) -> httpx.AsyncClient:
        given = {
            "kafka": stack.kafka,
            "database": stack.database,
            "database_schema": f"{prefix}_notify",
            "link_key": SecretStr("the link key of the tests, long enough for HS256"),
            "allow_private_webhooks": True,
        }
        service = build(Settings.model_validate(given | settings))
        transport = httpx.ASGITransport(service.app)
        client = httpx.AsyncClient(transport=transport, base_url="http://notify.example")
        opened.append((service, client))
        return client

    yield make
    for service, client in opened:
        await client.aclose()
        for step in service.after:
            await step()


def bearer(*buyers: str, scopes: tuple[str, ...] = ("notices:write",)) -> dict[str, str]:
    """The header of an officer, of these buyers of all where none is named."""
    token = issue_token(
        KEY, "officer@buyer.example", [*scopes], datetime.now(UTC), buyers=[*buyers] or ["*"]
    )
    return {"Authorization": f"Bearer {token}"}
