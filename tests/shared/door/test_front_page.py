"""A door's bare address says where its documents are, to people and to programs, and no more."""

import re

import httpx

from shared.door.web import open_door

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def ready() -> list[str]:
    return []


async def test_the_bare_address_leads_to_the_documents() -> None:
    app = open_door("Local Pound: <ingest>", "Payments & agreements in", ready)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://door/") as client:
        told = (await client.get("/")).json()
        page = await client.get("/", headers={"accept": BROWSER})
        assert page.headers["content-type"].startswith("text/html")
        assert (
            "<h1>Local Pound: &lt;ingest&gt;</h1><p>Payments &amp; agreements in</p>" in page.text
        )
        links = {one["rel"]: one["href"] for one in told["links"]}
        assert links.keys() == {"service-doc", "service-desc", "help", "status"}
        assert re.findall('href="(.*?)"', page.text) == list(links.values())
        for href in links.values():
            assert (await client.get(href)).status_code == 200
    assert (told["title"], told["description"]) == (app.title, app.description)
