"""Registers for a test: organisations by hand, or files in the forms that are published."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from services.classify.matching.known import BorneName, Edition, Known, assemble
from services.classify.matching.names import comparable
from services.classify.organisation import CHARITY, Link, Organisation

AS_AT = date(2021, 12, 31)
LIST = "england-wales-list"
TYPED = "typed-names"
EDITIONS = {
    LIST: Edition("List of charities", AS_AT),
    TYPED: Edition("Names by type", AS_AT),
    "mutuals": Edition("Mutuals", AS_AT),
}


def charity(
    number: str,
    name: str,
    *,
    legal_form: str = CHARITY,
    registered_on: date | None = None,
    removed_on: date | None = None,
    removed_by: date | None = None,
    company_number: str | None = None,
) -> Organisation:
    """A charity of England and Wales."""
    key = f"GB-CHC-{number}"
    return Organisation(
        *(LIST, key, key, name, "charity-commission", legal_form),
        *(registered_on, removed_on, removed_by, company_number),
    )


def typed(name: str, legal_form: str) -> Organisation:
    """A name in the list of names by type."""
    return Organisation(TYPED, f"row-{name}-{legal_form}", None, name, "names-by-type", legal_form)


def society(number: str, name: str) -> Organisation:
    """A registered society."""
    key = f"GB-MPR-{number}"
    return Organisation("mutuals", key, key, name, "mutuals-register", "registered society")


def known(*organisations: Organisation, links: Iterable[Link] = ()) -> Known:
    """Registers that hold these organisations under their own names."""
    names = [
        BorneName(comparable(o.name).words, o.source, o.key, o.name, "current")
        for o in organisations
    ]
    return assemble(organisations, names, links, EDITIONS)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> Path:
    """A CSV file, gzipped where its name says so."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def write_dicts(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> Path:
    """A CSV file from rows by column; what a row leaves out is an empty cell."""
    return write_csv(path, columns, [[row.get(column, "") for column in columns] for row in rows])


def write_zip(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """A table of the public extract: tab-separated, alone in a zip."""
    lines = ["\t".join(row) for row in [columns, *rows]]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(path.name.replace(".zip", ".txt"), "\r\n".join(lines) + "\r\n")
    return path


CHARITIES = (
    *("charity_number", "name", "source", "company_number", "link", "status_2021"),
    *("icnptso_2021", "income_2018", "scale_2022", "postcode"),
)


def charity_row(
    number: str, name: str, status: str = "active", company: str = "", source: str = "invented"
) -> list[str]:
    """A row of the list of charities."""
    return [number, name, source, company, "direct", status, "", "", "", ""]


def write_charities(folder: Path, rows: Iterable[Sequence[str]]) -> Path:
    """The list of charities of England and Wales."""
    return write_csv(folder / "charities_england_wales.csv.gz", CHARITIES, rows)


NORTHERN_IRELAND = (
    *("Reg charity number", "Sub charity number", "Charity name", "Date registered", "Status"),
    *("Date for financial year ending", "Total income", "Public address", "Website"),
    *("Company number", "What the charity does", "Who the charity helps"),
)


def northern_row(number: str, **cells: str) -> dict[str, str]:
    """A row of the list of charities of Northern Ireland."""
    return {
        "Reg charity number": number,
        "Sub charity number": "0",
        "Charity name": "Beck Aid",
        "Date registered": "13/12/2013",
        "Status": "Up-to-date",
        "Total income": "0",
        "Company number": "0",
        **cells,
    }


def write_northern_ireland(folder: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """The list of charities of Northern Ireland, which prints days of registration."""
    return write_dicts(folder / "charities_northern_ireland.csv", NORTHERN_IRELAND, rows)
