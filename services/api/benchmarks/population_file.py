"""Mid-year estimates and the areas that are served, from files.

Estimates are read as the Office for National Statistics publishes them: MYEB1 (`ladcode23`, `sex`,
`age`, `population_2011`, ...; a row for each sex and year of age), a download of Nomis
(`GEOGRAPHY_CODE`, `DATE`, `OBS_VALUE`), or a list of `area`, `mid_year` and `people`.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from services.api.benchmarks.population import Estimate, Serving
from shared.errors import Rejected
from shared.fields import ORG_ID

_TITLE_ROWS = 10
_AREA_COLUMN = re.compile(r"lad\d*(?:code|cd)\d*|geography[ _]?code|area", re.ASCII)
_YEARS = re.compile(r"population_(\d{4})", re.ASCII)
_AREA = re.compile(r"[A-Z]\d{8}", re.ASCII)
_YEAR = re.compile(r"(?:mid-?)?(\d{4})", re.ASCII | re.IGNORECASE)
_WHOLE = {
    "sex": ("total", "persons", "all persons"),
    "gender_name": ("total", "persons", "all persons"),
    "age_name": ("all ages", "total"),
    "c_age_name": ("all ages", "total"),
    "measures_name": ("value",),
}
"""The rows of a Nomis download that are whole; its others are parts of them."""
_MOST_PEOPLE = 100_000_000

Row = dict[str, str]


def read_estimates(content: bytes, source: str) -> list[Estimate]:
    """Every area and mid-year of a file. Rejected names the row and the column at fault."""
    rows = list(csv.reader(io.StringIO(_text(content), newline="")))
    header, names = _header(rows)
    area = next(name for name in names if _AREA_COLUMN.fullmatch(name))
    years = {name: int(found[1]) for name in names if (found := _YEARS.fullmatch(name))}
    numbered = [
        (number, dict(zip(names, (cell.strip() for cell in row), strict=False)))
        for number, row in enumerate(rows[header + 1 :], header + 2)
        if any(cell.strip() for cell in row)
    ]
    given = (
        _parts(numbered, area, years) if years else _wholes(numbered, area, _of_list(names, header))
    )
    if not given:
        raise Rejected("the file holds no area of the United Kingdom", area)
    return [Estimate(*key, people, source) for key, people in sorted(given.items())]


def read_serving(content: bytes) -> list[Serving]:
    """Who serves which area: `serves` (an org-id or a Place) and `area`, a row for each."""
    reader = csv.DictReader(io.StringIO(_text(content), newline=""))
    if not {"serves", "area"} <= set(reader.fieldnames or ()):
        raise Rejected("the columns are serves and area", "serves")
    found = []
    for number, row in enumerate(reader, 2):
        serves, area = (row["serves"] or "").strip(), (row["area"] or "").strip()
        if not serves or (serves.startswith("GB-") and not re.fullmatch(ORG_ID, serves)):
            raise Rejected("serves is neither an org-id nor a Place", "serves", number)
        if not _AREA.fullmatch(area):
            raise Rejected("area is not a code such as E08000035", "area", number)
        found.append(Serving(serves, area))
    if not found:
        raise Rejected("the file says of nobody what it serves", "serves")
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Rejected("the file is not CSV in UTF-8") from error


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, list[str]]:
    """Where the header stands, below a title at most, and its names in small letters."""
    for number, row in enumerate(rows[:_TITLE_ROWS]):
        names = [cell.strip().lower() for cell in row]
        if len(names) > 1 and any(_AREA_COLUMN.fullmatch(name) for name in names):
            return number, names
    raise Rejected(
        "no header names an area: MYEB1 has ladcode23, Nomis GEOGRAPHY_CODE, a list area", "area"
    )


def _of_list(names: Sequence[str], header: int) -> tuple[str, str]:
    """The columns of the year and of the people."""
    for year, people in (
        ("date", "obs_value"),
        ("date_name", "obs_value"),
        ("mid_year", "people"),
    ):
        if year in names and people in names:
            return year, people
    raise Rejected(
        "no columns hold population_2024 and the like, DATE and OBS_VALUE, or mid_year and people",
        "people",
        header + 1,
    )


def _parts(
    rows: Sequence[tuple[int, Row]], area: str, years: Mapping[str, int]
) -> dict[tuple[str, int], int]:
    """Sums over sexes and ages."""
    found: dict[tuple[str, int], int] = {}
    for number, row in _of_areas(rows, area):
        for column, year in years.items():
            key = row[area], year
            found[key] = found.get(key, 0) + _people(row.get(column, ""), column, number)
    return found


def _wholes(
    rows: Sequence[tuple[int, Row]], area: str, columns: tuple[str, str]
) -> dict[tuple[str, int], int]:
    """One row for each area and year."""
    year_column, people_column = columns
    found: dict[tuple[str, int], int] = {}
    for number, row in _of_areas(rows, area):
        if any(name in row and row[name].lower() not in whole for name, whole in _WHOLE.items()):
            continue
        year = _YEAR.fullmatch(row.get(year_column, ""))
        if year is None:
            raise Rejected(f"{year_column} is not a year such as 2024", year_column, number)
        key = row[area], int(year[1])
        if key in found:
            raise Rejected(
                f"{key[0]} has several figures for {key[1]}: ask for all ages and both sexes",
                people_column,
                number,
            )
        found[key] = _people(row.get(people_column, ""), people_column, number)
    return found


def _of_areas(rows: Sequence[tuple[int, Row]], area: str) -> Iterator[tuple[int, Row]]:
    """The rows of areas; notes below a table have no code."""
    return ((number, row) for number, row in rows if _AREA.fullmatch(row.get(area, "")))


def _people(text: str, column: str, number: int) -> int:
    digits = text.replace(",", "")
    if not re.fullmatch(r"\d{1,9}(?:\.0+)?", digits, re.ASCII) or float(digits) > _MOST_PEOPLE:
        raise Rejected(f"{column} is not a number of people", column, number)
    return int(float(digits))
