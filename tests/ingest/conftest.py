"""The ingest service in a fresh schema: its doors asked over HTTP, its consumers on real topics."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.local.addresses import Addresses
from services.ingest.main import Settings, build
from shared.service import Service
from tests.conftest import MakeEngine

KEY = SecretStr("a key of the tests, thirty-two bytes or more")


@pytest.fixture
async def engine(engine_for: MakeEngine) -> AsyncEngine:
    return await engine_for("ingest")


@pytest.fixture
def settings(stack: Addresses, prefix: str) -> Settings:
    return Settings(
        kafka=stack.kafka,
        database=stack.database,
        database_schema=f"{prefix}_ingest",
        topic_prefix=prefix,
        group_prefix=prefix,
        instance="1",
    )


@asynccontextmanager
async def opened(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """The doors of a service, until the block ends."""
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
        yield client
    for step in service.after:
        await step()


@pytest.fixture
async def door(settings: Settings, engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """The service's doors, without a key: they trust their network."""
    async with opened(build(settings)) as client:
        yield client


@pytest.fixture
async def locked_door(settings: Settings, engine: AsyncEngine) -> AsyncIterator[httpx.AsyncClient]:
    """The service's doors where bearer tokens are asked for."""
    async with opened(build(settings.model_copy(update={"token_key": KEY}))) as client:
        yield client


@pytest.fixture
async def running(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Service]:
    """The service's consumers and relay at work."""
    service = build(settings)
    for step in service.before:
        await step()
    await service.consumers.start()
    loops = [asyncio.ensure_future(step()) for step in service.loops]
    async with AsyncExitStack() as stack:
        stack.push_async_callback(service.consumers.stop)
        yield service
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    for step in service.after:
        await step()
