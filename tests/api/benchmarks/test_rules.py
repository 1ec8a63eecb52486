"""Concentration, lengths and populations, and the files that estimates come in."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.api.benchmarks.concentration import concentrate
from services.api.benchmarks.lengths import Term, measure_lengths
from services.api.benchmarks.population import Areas, Estimate, Population, Serving
from services.api.benchmarks.population_file import read_estimates, read_serving
from services.api.benchmarks.shipped import shipped_areas, shipped_estimates
from services.api.commands import population_commands
from shared.errors import Rejected


def test_one_provider_that_has_it_all_and_a_hundred_that_share_alike() -> None:
    assert concentrate([500_00]).shares == (1.0, 1.0, 1.0)
    assert concentrate([500_00]).herfindahl == 1.0
    alike = concentrate([100] * 100)
    assert alike.shares == (0.01, 0.05, 0.12)
    assert alike.herfindahl == pytest.approx(0.01)


def test_what_nets_to_nothing_has_no_share_and_nothing_at_all_has_no_index() -> None:
    mixed = concentrate([300, -500, 0, 100])
    assert (mixed.number, mixed.pence, mixed.left_out) == (2, 400, 2)
    assert (mixed.smallest, mixed.largest, mixed.shares) == (100, 300, (0.75, 1.0, 1.0))
    none = concentrate([-5])
    assert (none.number, none.shares, none.herfindahl, none.left_out) == (0, None, None, 1)


def term(start: str, end: str | None, pence: int = 100) -> Term:
    return Term(date.fromisoformat(start), date.fromisoformat(end) if end else None, pence)


def test_a_year_to_the_day_is_a_one_year_term_and_a_day_more_is_not() -> None:
    found = measure_lengths(
        [
            term("2024-04-01", "2025-03-31", 10),
            term("2024-04-01", "2025-04-01", 20),
            term("2024-02-29", "2025-02-27", 40),
            term("2024-04-01", None, 80),
        ]
    )
    assert (found.agreements, found.without_end, found.pence) == (4, 1, 150)
    assert (found.one_year, found.one_year_pence) == (2, 50)
    assert found.average_months == 12.0


def test_of_agreements_without_an_end_no_length_is_told() -> None:
    assert measure_lengths([term("2024-04-01", None)]).average_months is None


SERVED = [Serving("GB-NHS-QWO", "E08000032"), Serving("GB-NHS-QWO", "E08000035")]
AREAS = Areas(
    [
        Estimate("E08000032", 2020, 500, "ONS"),
        Estimate("E08000035", 2020, 800, "ONS"),
        Estimate("E08000032", 2023, 510, "ONS"),
        Estimate("E08000035", 2023, 820, "ONS"),
        Estimate("E08000035", 2024, 830, "ONS"),
    ],
    [*SERVED, Serving("Leeds & Otley", "E08000035"), Serving("Devon", "E10000008")],
)


def test_people_are_of_the_nearest_mid_year_that_all_areas_have() -> None:
    areas = ("E08000032", "E08000035")
    assert AREAS.population("GB-NHS-QWO", 2024) == Population(1330, 2023, areas, ("ONS",))
    between = Areas(
        [Estimate("A", year, year, "ONS") for year in (2022, 2020)], [Serving("B", "A")]
    )
    told = between.population("B", 2021)
    assert isinstance(told, Population)
    assert told.mid_year == 2020, "the earlier of two as near"
    assert AREAS.population("GB-NHS-QWO", 2021) == Population(1300, 2020, areas, ("ONS",))
    assert AREAS.population("Leeds and  Otley", 2024) == Population(
        830, 2024, ("E08000035",), ("ONS",)
    ), "a Place in another spelling"


def test_people_that_nobody_counted_are_said_to_be_absent() -> None:
    assert AREAS.population("Devon", 2024) == "no mid-year estimate is loaded of E10000008"
    assert AREAS.population("Kirklees", 2024) == "no area is recorded that it serves"


def test_a_place_is_local_to_whoever_serves_an_area_of_it() -> None:
    assert AREAS.overlap("GB-NHS-QWO", "Leeds and Otley")
    assert AREAS.overlap("LEEDS & OTLEY", "Leeds and Otley")
    assert not AREAS.overlap("GB-NHS-QWO", "Devon")


def test_what_ships_is_west_yorkshire_and_every_area_served_has_people() -> None:
    areas = Areas(shipped_estimates(), shipped_areas())
    leeds = areas.population("Leeds", 2020)
    assert isinstance(leeds, Population)
    assert leeds.people == 798_786
    for one in shipped_areas():
        assert isinstance(areas.population(one.serves, 2024), Population), one


MYEB1 = (
    b"Annual mid-year population estimates for United Kingdom local authorities,,,,,,\n"
    b"ladcode23,laname23,country,sex,age,population_2022,population_2023\n"
    b"E08000035,Leeds,E,F,0,4000,4100\n"
    b"E08000035,Leeds,E,M,0,4200,4300\n"
    b"E08000036,Wakefield,E,F,0,1900,1800\n"
    b"Source: Office for National Statistics,,,,,,\n"
)
NOMIS = (
    b"DATE_NAME,GEOGRAPHY_NAME,GEOGRAPHY_CODE,GENDER_NAME,C_AGE_NAME,OBS_VALUE\n"
    b"2023,Leeds,E08000035,Total,All ages,829413\n"
    b"2023,Leeds,E08000035,Male,All ages,405000\n"
)


def test_estimates_are_read_as_the_ons_publishes_them() -> None:
    assert [tuple(one[:3]) for one in read_estimates(MYEB1, "ONS")] == [
        ("E08000035", 2022, 8200),
        ("E08000035", 2023, 8400),
        ("E08000036", 2022, 1900),
        ("E08000036", 2023, 1800),
    ]
    assert read_estimates(NOMIS, "Nomis") == [Estimate("E08000035", 2023, 829_413, "Nomis")]


@pytest.mark.parametrize(
    ("content", "field", "row"),
    [
        (b"name,population_2023\nLeeds,5\n", "area", None),
        (b"area,people\nE08000035,5\n", "people", 1),
        (b"area,mid_year,people\nE08000035,2023,some\n", "people", 2),
        (b"area,mid_year,people\nE08000035,2023,5\nE08000035,2023,6\n", "people", 3),
        (b"area,mid_year,people\nE08000035,last,5\n", "mid_year", 2),
        (b"area,mid_year,people\nLeeds,2023,5\n", "area", None),
        (b"area,mid_year,people\nE08000035,2023,1000000000\n", "people", 2),
        (b"\xff\xfe", "", None),
    ],
)
def test_a_file_that_is_no_estimate_names_the_column(
    content: bytes, field: str, row: int | None
) -> None:
    with pytest.raises(Rejected) as refused:
        read_estimates(content, "ONS")
    assert (refused.value.field, refused.value.row) == (field, row)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"who,area\nLeeds,E08000035\n", "serves"),
        (b"serves,area\nLeeds,LDS\n", "area"),
        (b"serves,area\nGB-lae,E08000035\n", "serves"),
        (b"serves,area\n,E08000035\n", "serves"),
    ],
)
def test_who_serves_what_must_be_a_buyer_or_place_and_a_code(content: bytes, field: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_serving(content)
    assert refused.value.field == field


def test_files_that_are_loaded_by_hand_say_what_came_of_it_or_which_row_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []

    async def keep(_: object, what: object, __: object) -> None:
        loaded.append(what)

    def run(_: object, work: Callable[..., Coroutine[Any, Any, None]]) -> None:
        asyncio.run(work(None, None))

    monkeypatch.setattr(population_commands, "with_engine", run)
    monkeypatch.setattr(population_commands, "load_estimates", keep)
    monkeypatch.setattr(population_commands, "load_areas", keep)
    file = tmp_path / "estimates.csv"
    file.write_bytes(MYEB1)
    command = ["load", str(file), "--source", "ONS"]
    said = CliRunner().invoke(population_commands.populations_app, command)
    assert (said.exit_code, said.output) == (0, "2 areas, mid-2022 to mid-2023\n")
    file.write_text("serves,area\nDevon,E10000008\nTorbay,E06000027\n")
    said = CliRunner().invoke(population_commands.populations_app, ["areas", str(file)])
    assert (said.exit_code, said.output) == (0, "2 buyers and Places\n")
    assert len(loaded) == 2
    file.write_text("serves,area\nDevon,DVN\n")
    said = CliRunner().invoke(population_commands.populations_app, ["areas", str(file)])
    assert said.exit_code == 2
    assert len(loaded) == 2
