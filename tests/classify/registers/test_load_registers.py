"""Registers on the real database: replaced whole, or not at all."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.classify.matching.asked import asked
from services.classify.matching.known import Known
from services.classify.queries.companies import copy_companies
from services.classify.queries.registers import LoadedRegister, list_registers, look_up
from services.classify.registers import REGISTERS, Register, find_registers, scotland
from services.classify.registers import load_registers as module
from services.classify.registers.load_registers import (
    load_register,
    load_within,
    most_unlisted,
    read_register,
)
from services.classify.supplier import Supplier
from shared.database import begin, raw_connection
from shared.errors import Rejected
from tests.classify.company_data import COLUMNS, company
from tests.classify.database import LATER, NOW, fetch, load_charities
from tests.classify.registries import (
    charity_row,
    northern_row,
    write_charities,
    write_csv,
    write_dicts,
    write_northern_ireland,
)
from tests.conftest import MakeEngine
from tests.support.compare_schema import compare_schema

CLUBS = ("id", "name", "address", "postcode", "active")


async def test_a_reload_takes_the_place_of_the_earlier_edition(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck", "9000102": "Harrowfell"})
    await load_charities(engine, tmp_path, {"9000102": "Harrowfell", "9000103": "Lantern Row"})
    organisations = await fetch(engine, "select key, name from organisations order by key")
    assert [tuple(row) for row in organisations] == [
        ("GB-CHC-9000102", "Harrowfell"),
        ("GB-CHC-9000103", "Lantern Row"),
    ]
    names = await fetch(engine, "select words from organisation_names order by 1")
    assert [row[0] for row in names] == ["HARROWFELL", "LANTERN ROW"]


async def test_a_file_with_a_fault_leaves_the_register_in_force(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck"})
    path = write_charities(tmp_path, [charity_row("9000109", "New"), charity_row("?", "Bad")])
    [(register, _)] = find_registers(tmp_path)
    with pytest.raises(Rejected, match=r"charities_england_wales\.csv\.gz, row 3, column"):
        await load_register(engine, register, path, LATER)
    assert [row[0] for row in await fetch(engine, "select name from organisations")] == [
        "Thornbeck"
    ]


async def test_a_load_that_fails_half_way_changes_nothing(
    engine_for: MakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await engine_for("classify")
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck"})
    write_charities(tmp_path, [charity_row("9000109", "New")])
    [(register, path)] = find_registers(tmp_path)

    async def crash(*_: object) -> None:
        raise OSError("the process is killed")

    monkeypatch.setattr(module, "finish_edition", crash)
    with pytest.raises(OSError, match="killed"):
        await load_register(engine, register, path, LATER)
    assert len(await fetch(engine, "select * from organisations where name = 'Thornbeck'")) == 1


async def test_registers_are_listed_with_what_was_left_out(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck", "9000102": ""})
    async with engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        [register] = await list_registers(raw)
    assert (register.source, register.as_at) == ("england-wales-list", date(2021, 12, 31))
    assert (register.organisations, register.left_out, register.loaded_at) == (1, 1, NOW)
    assert register.left_out_examples == [
        {"row": 3, "column": "name", "reason": "a row without a name"}
    ]


def test_what_left_a_list_left_it_by_the_day_of_the_list(tmp_path: Path) -> None:
    write_csv(tmp_path / "casc.csv", CLUBS, [("GB-CASC-00000001", "Gone Club", "", "", "False")])
    [(register, path)] = find_registers(tmp_path)
    contents, day = read_register(register, path, date(2026, 3, 1))
    assert day == date(2026, 3, 1)
    assert contents.organisations[0].removed_by == day


OLD, NEW = date(2026, 1, 1), date(2026, 6, 1)


def register_named(source: str) -> Register:
    return next(register for register in REGISTERS if register.source == source)


def write_scottish(folder: Path, charities: dict[str, str], **cells: str) -> Path:
    rows = [
        {
            "Charity Number": number,
            "Charity Name": name,
            "Registered Date": "19/10/2004 00:00",
            "Charity Status": "Active",
            **cells,
        }
        for number, name in charities.items()
    ]
    return write_dicts(folder / "CharityExport.csv", scotland.COLUMNS, rows)


class TestEditions:
    """The current register of Scotland, which lists those alone that stand on it."""

    async def load(
        self,
        engine: AsyncEngine,
        folder: Path,
        as_at: date,
        charities: dict[str, str],
        *,
        force: bool = False,
        **cells: Any,
    ) -> LoadedRegister:
        path = write_scottish(folder, charities, **cells)
        register = register_named("scotland")
        return await load_register(engine, register, path, NOW, as_at, force=force)

    async def standing(self, engine: AsyncEngine) -> dict[str, date | None]:
        rows = await fetch(engine, "select name, removed_by from organisations order by key")
        return {row[0]: row[1] for row in rows}

    async def test_what_is_listed_no_longer_left_by_the_day_of_the_newer_edition(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        both = {"SC000001": "Beck", "SC000002": "Row"}
        known: dict[str, Any] = {"Known As": "Old words"}
        await self.load(engine, tmp_path, OLD, both, **known)
        loaded = await self.load(engine, tmp_path, NEW, {"SC000002": "Row"})
        assert (loaded.organisations, loaded.no_longer_listed) == (1, 1)
        assert await self.standing(engine) == {"Beck": NEW, "Row": None}
        [kept] = await fetch(
            engine,
            "select removed_why, last_listed from organisations where removed_by is not null",
        )
        assert tuple(kept) == ("no longer listed", OLD)
        names = await fetch(engine, "select words from organisation_names order by 1")
        assert [row[0] for row in names] == ["BECK", "OLD WORDS", "ROW"]

    async def test_it_stays_as_it_left_in_still_newer_editions(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        await self.load(engine, tmp_path, OLD, {"SC000001": "Beck", "SC000002": "Row"})
        await self.load(engine, tmp_path, NEW, {"SC000002": "Row"})
        await self.load(engine, tmp_path, NEW, {"SC000002": "Row"})
        await self.load(engine, tmp_path, date(2026, 9, 1), {"SC000002": "Row"})
        assert await self.standing(engine) == {"Beck": NEW, "Row": None}
        names = await fetch(engine, "select words from organisation_names order by 1")
        assert [row[0] for row in names] == ["BECK", "ROW"]

    async def test_what_is_listed_again_stands_again(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        await self.load(engine, tmp_path, OLD, {"SC000001": "Beck", "SC000002": "Row"})
        await self.load(engine, tmp_path, NEW, {"SC000002": "Row"})
        back = {"SC000001": "Beck", "SC000002": "Row"}
        loaded = await self.load(engine, tmp_path, date(2026, 9, 1), back)
        assert loaded.no_longer_listed == 0
        assert await self.standing(engine) == {"Beck": None, "Row": None}

    async def test_an_edition_of_the_same_day_corrects_the_former_one(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        await self.load(engine, tmp_path, NEW, {"SC000001": "Never so", "SC000002": "Row"})
        await self.load(engine, tmp_path, NEW, {"SC000002": "Row"})
        assert await self.standing(engine) == {"Row": None}

    async def test_an_older_edition_is_loaded_only_by_force(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        await self.load(engine, tmp_path, NEW, {"SC000002": "Row"})
        with pytest.raises(Rejected, match="goes to 2026-01-01, the edition in force to 2026-06"):
            await self.load(engine, tmp_path, OLD, {"SC000001": "Beck"})
        assert await self.standing(engine) == {"Row": None}
        await self.load(engine, tmp_path, OLD, {"SC000001": "Beck"}, force=True)
        assert await self.standing(engine) == {"Beck": None}

    async def test_the_day_on_which_a_file_was_written_is_told_and_refuses_nothing(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        await self.load(engine, tmp_path, NEW, {"SC000002": "Row"})
        path = write_scottish(tmp_path, {"SC000002": "Row"})
        written = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
        os.utime(path, (written, written))
        notes: list[str] = []
        register = register_named("scotland")
        loaded = await load_register(engine, register, path, NOW, note=notes.append)
        assert loaded.as_at == OLD
        assert notes == [
            (
                "CharityExport.csv tells no day: taken as at 2026-01-01, when the file was "
                "written, though the edition in force goes to 2026-06-01; --as-at says another"
            )
        ]
        named = path.rename(tmp_path / "CharityExport-2026-07-01.csv")
        loaded = await load_register(engine, register, named, NOW, note=notes.append)
        assert (loaded.as_at, len(notes)) == (date(2026, 7, 1), 1)

    async def test_a_day_ahead_is_none_of_a_register(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        with pytest.raises(Rejected, match=r"CharityExport\.csv can't go to 2913-12-13"):
            await self.load(engine, tmp_path, date(2913, 12, 13), {"SC000002": "Row"})

    async def test_a_part_of_a_register_does_not_take_its_place(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        many = {f"SC0{n:05d}": f"Beck {n}" for n in range(300)}
        await self.load(engine, tmp_path, OLD, many)
        few = dict(list(many.items())[:150])
        with pytest.raises(Rejected, match="lacks 150 of the 300 organisations"):
            await self.load(engine, tmp_path, NEW, few)
        assert set((await self.standing(engine)).values()) == {None}
        loaded = await self.load(engine, tmp_path, NEW, few, force=True)
        assert loaded.no_longer_listed == 150

    async def test_a_part_of_a_short_register_does_not_take_its_place_either(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        forty = {f"SC0{n:05d}": f"Beck {n}" for n in range(40)}
        await self.load(engine, tmp_path, OLD, forty)
        with pytest.raises(Rejected, match="lacks 20 of the 40 organisations"):
            await self.load(engine, tmp_path, NEW, dict(list(forty.items())[:20]))


@pytest.mark.parametrize(
    ("listed", "may_leave"), [(3, 3), (10, 6), (40, 12), (99, 19), (400, 40), (170_000, 17_000)]
)
def test_of_a_short_register_a_larger_share_may_leave_at_once(listed: int, may_leave: int) -> None:
    assert most_unlisted(listed) == may_leave


async def test_who_had_left_by_an_edition_left_no_later_by_the_next(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    """The list of Northern Ireland prints that a charity was removed, not when."""
    engine = await engine_for("classify")
    register = register_named("northern-ireland")
    path = write_northern_ireland(
        tmp_path, [northern_row("100001", Status="Removed"), northern_row("100002")]
    )
    for as_at in (OLD, NEW):
        await load_register(engine, register, path, NOW, as_at)
    rows = await fetch(engine, "select removed_by from organisations order by key")
    assert [row[0] for row in rows] == [OLD, None]


async def test_several_registers_can_be_tried_in_one_transaction_that_is_given_up(
    engine_for: MakeEngine, tmp_path: Path
) -> None:
    engine = await engine_for("classify")
    await load_charities(engine, tmp_path, {"9000101": "Thornbeck"})
    write_charities(tmp_path, [charity_row("9000109", "New")])
    write_scottish(tmp_path, {"SC000001": "Beck"})
    month = tmp_path / "BasicCompanyDataAsOneFile-2026-01-01.csv"
    write_dicts(month, COLUMNS, [company("00000001", "ROW LIMITED")])
    async with begin(engine) as tx:
        for register, path in find_registers(tmp_path):
            await load_within(tx, register, path, LATER)
        rows = await tx.execute(
            text("select name from organisations union select name from companies")
        )
        assert {row.name for row in rows} == {"New", "Beck", "ROW LIMITED"}
        await tx.rollback()
    assert [row[0] for row in await fetch(engine, "select name from organisations")] == [
        "Thornbeck"
    ]
    assert await fetch(engine, "select name from companies") == []


class TestCompanies:
    """Five million companies lie in a table of their own; a few of them are organisations too."""

    async def load(
        self, engine: AsyncEngine, folder: Path, month: int, *rows: dict[str, str]
    ) -> LoadedRegister:
        path = folder / f"BasicCompanyDataAsOneFile-2026-{month:02d}-01.csv"
        write_dicts(path, COLUMNS, rows)
        return await load_register(engine, register_named("companies"), path, NOW)

    async def find(self, engine: AsyncEngine, *payees: str, **numbers: str) -> Known:
        suppliers = [Supplier("", payee, None, numbers.get("number")) for payee in payees]
        async with engine.connect() as connection:
            raw = await raw_connection(connection)
            return await look_up(raw, *asked(suppliers))

    async def test_a_company_is_found_by_its_name_and_by_its_number(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        rows = [company("00212481", "THORNBECK LIMITED"), company("00000002", "X Y")]
        loaded = await self.load(engine, tmp_path, 1, *rows)
        assert (loaded.organisations, loaded.companies) == (0, 2)
        assert loaded.as_at == date(2026, 1, 1)
        by_name = await self.find(engine, "The Thornbeck Ltd.")
        [bearer] = by_name.by_words["THORNBECK"]
        assert (bearer.organisation.org_id, bearer.organisation.legal_form) == (
            "GB-COH-00212481",
            "private limited company",
        )
        by_number = await self.find(engine, "Anything", number="212481")
        assert set(by_number.by_id) == {"GB-COH-00212481"}
        assert by_number.editions["companies"].as_at == date(2026, 1, 1)

    async def test_a_community_interest_company_is_found_once_by_any_of_its_names(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        row = company(
            "00000003",
            "BECK CARE C.I.C.",
            CompanyCategory="Community Interest Company",
            **{
                "PreviousName_1.CONDATE": "01/04/2020",
                " PreviousName_1.CompanyName": "BECK AID CIC",
            },
        )
        await self.load(engine, tmp_path, 1, row)
        for payee, words in (("Beck Care CIC", "BECK CARE"), ("Beck Aid CIC", "BECK AID")):
            known = await self.find(engine, payee)
            [bearer] = known.by_words[words]
            assert bearer.organisation.legal_form == "community interest company"
            assert list(known.by_id) == ["GB-COH-00000003"]

    async def test_a_new_month_takes_the_place_of_the_last_with_its_indexes(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        cic = company("00000003", "BECK CIC", CompanyCategory="Community Interest Company")
        await self.load(engine, tmp_path, 1, cic, company("00000001", "GONE LIMITED"))
        loaded = await self.load(engine, tmp_path, 2, company("00000002", "NEW LIMITED"))
        assert [row[0] for row in await fetch(engine, "select number from companies")] == [
            "00000002"
        ]
        assert loaded.no_longer_listed == 1
        [kept] = await fetch(engine, "select key, removed_by from organisations")
        assert tuple(kept) == ("GB-COH-00000003", date(2026, 2, 1))
        async with engine.connect() as connection:
            schema = (await connection.execute(text("select current_schema()"))).scalar_one()
            await connection.run_sync(lambda sync: compare_schema("classify", schema, sync))

    async def test_a_faulty_month_leaves_the_last_in_force(
        self, engine_for: MakeEngine, tmp_path: Path
    ) -> None:
        engine = await engine_for("classify")
        await self.load(engine, tmp_path, 1, company("00000001", "BECK LIMITED"))
        twice = [company("00000002", "ROW LIMITED")] * 2
        with pytest.raises(Rejected, match=r"2026-02-01\.csv, row 3.*00000002 stands there twice"):
            await self.load(engine, tmp_path, 2, *twice)
        assert [row[0] for row in await fetch(engine, "select name from companies")] == [
            "BECK LIMITED"
        ]
        await self.load(engine, tmp_path, 2, twice[0])

    async def test_readers_go_on_while_a_month_is_loaded(
        self, engine_for: MakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = await engine_for("classify")
        await self.load(engine, tmp_path, 1, company("00000001", "BECK LIMITED"))
        seen = []
        copy = copy_companies

        async def copy_slowly(connection: Any, companies: Any) -> None:
            await copy(connection, companies)
            seen.append(await self.find(engine, "Beck Ltd"))

        monkeypatch.setattr(module, "copy_companies", copy_slowly)
        await self.load(engine, tmp_path, 2, company("00000001", "ROW LIMITED"))
        assert [list(known.by_words) for known in seen] == [["BECK"]]
        assert list((await self.find(engine, "Row Ltd")).by_words) == ["ROW"]
