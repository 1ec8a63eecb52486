"""The demonstration year is paper P1's section 2.3, with three warnings about its own figures."""

import asyncio
import csv
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from lxml import etree, html
from sqlalchemy import text
from typer.testing import CliRunner

from deploy.demo import figures
from deploy.demo.lines import BUYER
from deploy.local.addresses import Addresses
from services.api.__main__ import app
from services.api.kept.claims import record_claims
from services.api.statements.document import Claim, Document
from shared.errors import Conflict
from shared.events import PaymentAccepted
from tests.api.conftest import KEY, Model, Standing, token
from tests.api.demonstration import DEFINITION, TODAY, demonstration_year
from tests.api.facts import NOW
from tests.support.printed_figures import as_printed

PATH = f"/v1/statements/{BUYER}/2024-25"
ME = {"who": "R. Fellgate, finance"}
SLIDE = {"figure": "agreed.providers", "printed": "24", "source": "a slide"}


@pytest.fixture
async def year(standing: Standing) -> AsyncIterator[Model]:
    """The year as the test before left it, for none changes what is read; nothing is kept of it."""
    async with standing.opened() as model:
        async with model.engine.begin() as tx:
            there = await tx.scalar(text("select count(*) from payments"))
            await tx.execute(text("truncate claims, statement_versions, statement_contents"))
        if there != sum(isinstance(fact, PaymentAccepted) for fact in demonstration_year()):
            await model.empty()
            await model.project(*demonstration_year())
        yield model


async def _post(model: Model, path: str, body: dict[str, Any], who: str | None = None) -> Any:
    app = model.app(None if who is None else KEY)
    headers = {"authorization": f"Bearer {who}"} if who else {}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://api", headers=headers
    ) as client:
        return await client.post(path, json=body)


async def _claim(model: Model, *claims: dict[str, str]) -> Any:
    answer = await _post(model, f"{PATH}/claims", {"claims": claims} | ME)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _values(document: dict[str, Any]) -> dict[str, str]:
    return {one["key"]: one["value"] for part in document["sections"] for one in part["figures"]}


async def test_the_table_of_section_2_3_and_the_three_warnings(year: Model) -> None:
    plain = await year.ask(PATH)
    Document.model_validate_json(json.dumps(plain))
    assert plain["warnings"] == []
    values = _values(plain)
    assert (values["agreed.lines"], values["agreed.providers"]) == ("42", "23")
    assert values["agreed.large.lines"] == "12"
    assert Decimal(values["agreed.total"]) == figures.TOTAL * 10**6
    for programme, printed in figures.PROGRAMMES.items():
        pence = int(100 * Decimal(values[f"agreed.programme:{programme}"]))
        assert as_printed(pence, printed) == printed
    told = await _claim(year, *figures.claims())
    names = ("figure", "printed", "recomputed", "verdict")
    assert sorted(tuple(w[name] for name in names) for w in told["warnings"]) == [
        ("agreed.change-share", "just under -3%", "-2.7%", "impossible"),
        ("agreed.large.share", "60%", "70.5%", "impossible"),
        ("agreed.total", "£19.87m", "£20,000,000.00", "rounding"),
    ]
    for warning in told["warnings"]:
        assert warning["printed"] in warning["sentence"]
        assert warning["recomputed"] in warning["sentence"]


async def test_a_claim_that_is_wrong_names_both_numbers_until_it_is_withdrawn(year: Model) -> None:
    stated = await _claim(year, SLIDE)
    assert [(w["printed"], w["recomputed"]) for w in stated["warnings"]] == [("24", "23")]
    path = f"{PATH}/claims/{stated['claims'][0]['claim_id']}/withdraw"
    gone = (await _post(year, path, ME)).json()
    assert (gone["who"], gone["withdrawn_by"]) == (ME["who"], ME["who"])
    assert (await year.ask(PATH))["warnings"] == []
    assert (await _post(year, path, ME)).status_code == 409
    [kept] = (await year.ask(f"{PATH}/claims"))["claims"]
    assert kept["withdrawn_at"] is not None


async def test_a_claim_that_can_not_be_is_told_why_and_none_is_stated(year: Model) -> None:
    for changes, who, field, row in (
        ({"figure": "agreed.porviders"}, ME, "figure", 2),
        ({"printed": "60%"}, ME, "printed", 2),
        ({}, {}, "who", None),
        ({"source": ""}, ME, "claims.1.source", None),
    ):
        body = {"claims": [SLIDE, SLIDE | changes]} | who
        refused = await _post(year, f"{PATH}/claims", body)
        assert refused.status_code == 422
        [fault] = refused.json()["errors"]
        assert (fault["field"], fault.get("row")) == (field, row)
    assert (await year.ask(f"{PATH}/claims"))["claims"] == []


async def test_claims_that_are_stated_at_once_are_no_more_than_may_stand(year: Model) -> None:
    async def state() -> None:
        stated = [Claim(claim_id=uuid4(), **SLIDE) for _ in range(200)]
        async with year.engine.begin() as tx:
            await record_claims(tx, BUYER, "2024-25", stated, "officer", NOW)

    told = await asyncio.gather(*(state() for _ in range(4)), return_exceptions=True)
    assert [type(each) for each in told if each is not None] == [Conflict, Conflict]
    assert len((await year.ask(f"{PATH}/claims"))["claims"]) == 400


async def test_only_an_officer_of_the_buyer_writes(year: Model) -> None:
    said = {"claims": [SLIDE]}
    for scopes, buyers, status in (
        (["spend:read"], [BUYER], 403),
        (["review:write"], ["GB-LAE-LDS"], 403),
        (["review:write"], [BUYER], 200),
    ):
        answer = await _post(year, f"{PATH}/claims", said, token(*scopes, buyers=buyers))
        assert answer.status_code == status
    assert answer.json()["claims"][0]["who"] == "officer"


async def test_who_stated_and_kept_is_named_to_officers_of_the_buyer_and_to_themselves(
    year: Model,
) -> None:
    writer = token("review:write", "spend:read", buyers=[BUYER])
    await _post(year, f"{PATH}/claims", {"claims": [SLIDE]}, writer)
    await _post(year, f"{PATH}/versions", {}, writer)
    for asks, shown in (
        (writer, "officer"),
        (token("spend:read", "personal:read", buyers=[BUYER], subject="another"), "officer"),
        (token("spend:read", buyers=[BUYER], subject="another"), None),
        (token("spend:read", "personal:read", buyers=["GB-LAE-LDS"], subject="another"), None),
        (None, None),
    ):
        for path in ("claims", "versions"):
            [one] = (await year.ask(f"{PATH}/{path}", token=asks))[path]
            assert one["who"] == shown
            assert one["kept_at" if path == "versions" else "stated_at"] is not None


async def test_a_version_stays_as_it_was_kept(year: Model) -> None:
    kept = (await _post(year, f"{PATH}/versions", ME)).json()
    again = (await _post(year, f"{PATH}/versions", ME)).json()
    assert again == kept
    before = await year.ask(PATH)
    await _claim(year, *figures.claims())
    second = (await _post(year, f"{PATH}/versions", ME)).json()
    assert (kept["version"], second["version"]) == (1, 2)
    assert await year.ask(PATH, version=1) == before
    assert len((await year.ask(PATH, version=2))["warnings"]) == 3
    assert len((await year.ask(f"{PATH}/versions"))["versions"]) == 2
    await year.ask(PATH, version=3, status=404)
    await year.ask(PATH, version=1, definition="community-interest", status=422)


async def test_every_figure_leads_to_its_rows(year: Model) -> None:
    document = await year.ask(PATH)
    links = {one["rows"] for part in document["sections"] for one in part["figures"]} | {
        link
        for part in document["sections"]
        for table in part["tables"]
        for link in table["links"][:3]
    }
    assert len(links) > 10
    for link in filter(None, links):
        await year.ask(link)
    for part in document["sections"]:
        for one in part["figures"]:
            assert one["measure"]


async def test_the_page_is_accessible_and_runs_nothing_and_markdown_holds_as_much(
    year: Model,
) -> None:
    page = await year._get(PATH, None, {"format": "html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script" not in page.text
    root = html.fromstring(page.text)
    assert root.get("lang") == "en-GB"
    assert [h.tag for h in root.iter("h1", "h2")].count("h1") == 1
    tables = root.findall(".//table")
    assert tables
    for table in tables:
        assert table.find("caption") is not None
        assert all(cell.get("scope") for cell in table.iter("th"))
        by_itself = table.get("class") == "figures" or table.xpath("parent::*[@class='wide']")
        assert by_itself, "what is wider than a phone scrolls without the page"
    for drawing in root.iter("svg"):
        names = drawing.get("aria-labelledby", "").split()
        assert drawing.get("role") == "img"
        assert len(names) == 2
        assert all(str(root.xpath("string(//*[@id=$id])", id=name)).strip() for name in names)
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    told = await year._get(PATH, None, {}, accept="text/markdown")
    headers = {"if-none-match": told.headers["etag"]}
    had = await year._get(PATH, None, {"format": "markdown"}, **headers)
    assert (had.status_code, had.content) == (304, b"")
    assert (await year._get(PATH, None, {}, accept="application/pdf")).status_code == 406
    assert told.headers["content-type"].startswith("text/markdown")
    assert "| Lines | 42 |" in told.text
    rows = [line for line in told.text.splitlines() if line.startswith("| [LDS-VCSE-")]
    assert len(rows) >= figures.LINES
    assert all("](/v1/agreements/" in row for row in rows)


async def test_a_pack_is_the_same_bytes_each_time(year: Model) -> None:
    packs = [await _pack(year, "september-statement") for _ in range(2)]
    assert packs[0] == packs[1]
    files = zipfile.ZipFile(io.BytesIO(packs[0]))
    names = files.namelist()
    assert {"statement.html", "statement.md", "statement.json", "SHA256SUMS"} <= set(names)
    lines = files.read("tables/table-lines.csv").decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + figures.LINES
    for name in names:
        if name.endswith(".svg"):
            etree.fromstring(files.read(name))
            assert not re.search(rb"script|20\d\d-\d\d-\d\d", files.read(name))


async def test_a_pack_holds_what_other_doors_answer_of_the_year_and_says_what_it_lacks(
    year: Model,
) -> None:
    asked = {"allocation_growth": "4.5", "net_uplift": "0.4", "as_known_at": "2026-11-23"}
    asked |= {"unsettled": "false", "with_predecessors": "true", "definition": DEFINITION}
    files = zipfile.ZipFile(io.BytesIO(await _pack(year, "june-annual", **asked)))
    doors = {row["part"]: row["door"] for row in _rows(files, "contents.csv")}
    assert list(doors) == ["statement", "commitments", "benchmarks"]
    for part, door in doors.items():
        assert json.loads(files.read(f"{part}.json")) | {"title": ""} == await year.ask(door) | {
            "title": ""
        }
        if part != "statement":
            sheet = await year._get(door, None, {}, accept="text/csv")
            assert files.read(f"tables/{part}.csv") == sheet.content
    promises = _rows(files, "tables/commitments.csv")
    assert [row["number"] for row in promises][::6] == ["1", "7", "A1", "A7"]
    files = zipfile.ZipFile(io.BytesIO(await _pack(year, "winter-planning", "2027-28")))
    [_, left_out] = _rows(files, "contents.csv")
    assert (left_out["part"], left_out["left out because"]) == (
        "benchmarks",
        "2027-28 has not begun",
    )
    assert "benchmarks.json" not in files.namelist()


def _rows(files: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files.read(name).decode("utf-8-sig"))))


async def _pack(model: Model, name: str, year: str = "2024-25", **query: str) -> bytes:
    answer = await model._get(f"/v1/packs/{name}/{year}", None, {"buyer": BUYER} | query)
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_what_a_client_has_of_claims_versions_and_packs_is_not_sent_again(
    year: Model,
) -> None:
    paths = (f"{PATH}/claims", f"{PATH}/versions", f"/v1/packs/progress/2024-25?buyer={BUYER}")

    async def ask(path: str, has: str = "") -> tuple[int, str]:
        answer = await year._get(path, None, {}, **{"if-none-match": has})
        assert (answer.content == b"") == (answer.status_code == 304)
        return answer.status_code, answer.headers["etag"]

    tags = {path: (await ask(path))[1] for path in paths}
    for path, tag in tags.items():
        assert await ask(path, tag) == (304, tag)
    await _claim(year, SLIDE)
    assert [(await ask(path, tag))[0] for path, tag in tags.items()] == [200, 304, 200]
    await _post(year, f"{PATH}/versions", ME)
    assert (await ask(paths[1], tags[paths[1]]))[0] == 200


async def test_the_command_writes_the_same_pack(
    year: Model,
    stack: Addresses,
    standing: Standing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_API_DATABASE_SCHEMA", standing.schema)
    monkeypatch.setattr("services.api.commands.statement_commands.today", lambda: TODAY)
    file = tmp_path / "pack.zip"

    async def run(name: str, to: Path) -> tuple[int, str]:
        verb = ["pack", name, "2024-25", "--buyer", BUYER, "--to", str(to)]
        ended = await asyncio.to_thread(CliRunner().invoke, app, verb)
        return ended.exit_code, ended.output

    code, told = await run("progress", file)
    assert (code, "0 warnings" in told) == (0, True), told
    assert file.read_bytes() == await _pack(year, "progress")
    code, told = await run("christmas", file)
    assert (code, "there are: june-annual" in told) == (2, True), told
    code, told = await run("progress", tmp_path / "nowhere" / "pack.zip")
    assert (code, "nowhere" in told) == (1, True), told
    assert _names(tmp_path) == ["pack.zip"]


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_the_november_pack_is_of_the_first_half(year: Model) -> None:
    files = zipfile.ZipFile(io.BytesIO(await _pack(year, "november-mid-year")))
    document = json.loads(files.read("statement.json"))
    assert (document["period"]["until"], document["compared_with"]["until"]) == (
        "2024-09-30",
        "2023-09-30",
    )
    half = Decimal(_values(document)["agreed.total"])
    by_line = Decimal("0.005") * figures.LINES
    assert abs(half - figures.TOTAL * 10**6 * 183 / 365) <= by_line
    assert document["warnings"] == []


async def test_what_can_not_be_is_a_problem(year: Model) -> None:
    for path, status in (
        (f"/v1/statements/{BUYER}/2024-26", 422),
        (f"/v1/statements/{BUYER}/1999-00", 404),
        ("/v1/statements/GB-NHS-XXX/2024-25", 404),
        (f"{PATH}?format=pdf", 422),
        (f"{PATH}?colour=red", 422),
        (f"/v1/packs/christmas/2024-25?buyer={BUYER}", 404),
        ("/v1/packs/progress/2024-25", 422),
        (f"/v1/packs/progress/0001-02?buyer={BUYER}", 422),
        (f"{PATH}?definition=charity", 422),
    ):
        await year.ask(path, status=status)
