"""Roles, then every service's migrations: `python -m deploy.migrate`.

LOCALPOUND_DATABASE is a superuser's address; each service then works under its own role, in its
own schema. LOCALPOUND_<SERVICE>_DATABASE gives a service another address or database.
"""

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from shared.database import migrate, open_engine

SERVICES = ("ingest", "classify", "notify", "api")
_ROLES = Path(__file__).resolve().parent / "postgres" / "roles.sql"


def service_addresses(database: str) -> dict[str, str]:
    """The variables by which each service finds the database under its own role."""
    url = make_url(database)
    return {
        f"LOCALPOUND_{service.upper()}_DATABASE": os.environ.get(
            f"LOCALPOUND_{service.upper()}_DATABASE"
        )
        or url.set(username=service).render_as_string(hide_password=False)
        for service in SERVICES
    }


async def migrate_all(database: str) -> dict[str, str]:
    """Make roles and schemas and bring each to the newest revision; return service_addresses."""
    connection = await asyncpg.connect(database)
    try:
        await connection.execute(_ROLES.read_text())
    finally:
        await connection.close()
    addresses = service_addresses(database)
    for service in SERVICES:
        engine = open_engine(addresses[f"LOCALPOUND_{service.upper()}_DATABASE"], service)
        await migrate(engine, service, service)
        await engine.dispose()
    return addresses


if __name__ == "__main__":
    asyncio.run(migrate_all(os.environ["LOCALPOUND_DATABASE"]))
    sys.stdout.write("ingest, classify, notify and api stand at their newest revision\n")
