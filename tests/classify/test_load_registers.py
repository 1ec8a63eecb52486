"""Registers on the real database: replaced whole, or not at all."""

from datetime import date
from pathlib import Path

import pytest

from services.classify import load_registers as module
from services.classify.load_registers import load_register, read_register
from services.classify.queries.registers import list_registers
from services.classify.registers import find_registers
from shared.errors import Rejected
from tests.classify.database import LATER, NOW, fetch, load_charities
from tests.classify.registries import charity_row, write_charities, write_csv
from tests.conftest import MakeEngine

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
