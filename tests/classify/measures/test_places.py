"""Where an organisation is, and how far it reaches."""

import csv
from pathlib import Path

import pytest

from services.classify.measures import read_measures
from services.classify.measures.places import Located, locate
from shared.errors import Misconfigured
from tests.classify.registries import charity

SYSTEM = read_measures().system
CRAVEN = "Bradford District & Craven"


def located(postcode: str | None, *areas: str) -> Located:
    one = charity("9000101", "Thornbeck Hospice")._replace(postcode=postcode, areas=areas)
    return locate(one, SYSTEM)


@pytest.mark.parametrize(
    ("postcode", "areas", "place", "places", "reach"),
    [
        ("LS7 1AB", (), "Leeds", (), "local"),
        ("ls71ab", ("Leeds City",), "Leeds", ("Leeds",), "local"),
        ("BD23 1AA", (), CRAVEN, (), "local"),
        ("WF3 1AA", (), "Leeds", (), "local"),
        ("WF3 4AA", (), "Wakefield District", (), "local"),
        ("HX1 1AA", ("Kirklees",), "Calderdale", ("Kirklees",), "regional"),
        (None, ("West Yorkshire",), None, tuple(p.name for p in SYSTEM.places), "regional"),
        ("HX1 1AA", ("Regional",), "Calderdale", (), "regional"),
        ("HX1 1AA", ("Local",), "Calderdale", (), "local"),
        ("HX1 1AA", ("National",), "Calderdale", (), "national"),
        ("HX1 1AA", ("Throughout England",), "Calderdale", (), "national"),
        (None, ("City Of Wakefield", "Barnsley"), None, ("Wakefield District",), "national"),
        ("SW1A 1AA", (), None, (), "national"),
        ("SW1A 1AA", ("Leeds",), None, ("Leeds",), "national"),
        (None, ("Local",), None, (), None),
        (None, (), None, (), None),
        ("nonsense", (), None, (), None),
        ("LS7", (), "Leeds", (), "local"),
    ],
)
def test_place_and_reach(
    postcode: str | None,
    areas: tuple[str, ...],
    place: str | None,
    places: tuple[str, ...],
    reach: str | None,
) -> None:
    found = located(postcode, *areas)
    assert (found.place, found.places, found.reach) == (place, places, reach)
    assert found.rule


def test_the_rule_names_postcode_and_areas() -> None:
    rule = located("WF3 4AA", "Leeds City", "Kent", "Essex", "Surrey", "Local").rule
    assert "WF3 4AA lies in WF3 4, which is Wakefield District" in rule
    assert "it works in Leeds, Kent, Essex, 1 more" in rule
    assert located("SW1A 1AA").rule == (
        "its postcode SW1A 1AA lies beyond the Places that this installation knows, those of West "
        "Yorkshire"
    )
    assert located(None).rule == "no postcode is known"


def places(folder: Path, lines: str) -> Path:
    (folder / "places").mkdir()
    (folder / "places" / "own.toml").write_text(
        'name = "own"\ntitle = "Own"\nversion = "1"\nsince = 2026-01-01\nsource = "s"\n' + lines
    )
    return folder


def test_an_installation_gives_its_own_places(tmp_path: Path) -> None:
    folder = places(tmp_path, '[[places]]\nname = "Exeter"\npostcodes = ["EX1"]\n')
    one = charity("9000101", "Thornbeck Hospice")._replace(postcode="EX1 1AA")
    assert locate(one, read_measures(folder).system).place == "Exeter"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("places = []\n", "places: "),
        ('[[places]]\nname = "A"\npostcodes = ["EX1 1AA"]\n', "no postcode district or sector"),
        (
            "".join(f'[[places]]\nname = "{name}"\npostcodes = ["EX1"]\n' for name in "AB"),
            "the postcode EX1 is in A and in B",
        ),
        ('[[places]]\nname = "A"\nauthority = ["X"]\n', "places.1.authority is no field"),
    ],
)
def test_places_that_are_wrong_are_refused(tmp_path: Path, lines: str, reason: str) -> None:
    with pytest.raises(Misconfigured, match=reason):
        read_measures(places(tmp_path, lines))


def test_the_districts_agree_with_a_published_table_but_for_craven(data: Path) -> None:
    with (data / "public_bodies" / "postcode_district_to_region.csv").open(newline="") as file:
        table = {row["postcode"]: row["region"] for row in csv.DictReader(file)}
    ours = SYSTEM.by_postcode
    differ = {
        district
        for district, place in ours.items()
        if district in table and table[district] not in place
    }
    assert differ == {"BD23", "BD24"}
    councils = {"Leeds", "Bradford", "Calderdale", "Kirklees", "Wakefield"}
    missed = {district for district, region in table.items() if region in councils} - set(ours)
    assert not missed
