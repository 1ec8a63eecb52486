"""`python -m tests.bench.reading`: rows a second and peak memory of a dry run of large files.

A CSV file of 1 GB and an XLSX workbook of 60 MB, which is one sheet of as many rows as it may have,
are made in a folder for the time being. A larger workbook has more sheets, each of which is read
once more to find copies among them: 118 MB are two, and take three minutes of CPU. Each file is
made and read in processes of their own: one that is started is said to have had at most what the
process that started it had. The memory, and that of the readers' process, is what the operating
system says they had at most.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from services.ingest.dry_run.dry_run import dry_run_file
from tests.bench.figures import figure, say

TODAY = date(2026, 11, 25)
_SHEET_ROWS = 1_000_000
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORDS = (  # noqa: SIM905 - easier to read so
    "Leeds Bradford Wakefield Kirklees Calderdale Mind Care Home Hospice Trust Community Action "
    "Crisis Family Support Services Limited Partnership Young People Carers Health"
).split()

_HEADER = (
    '<row r="1">'
    + "".join(
        f'<c r="{column}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for column, name in zip(
            "ABCDEF", ("date", "amount", "payee", "purpose", "reference", "number"), strict=True
        )
    )
    + "</row>"
).encode()

Payment = tuple[int, str, str, str, str, int]


def main() -> None:
    """Make the files, read each in a process of its own, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--csv-megabytes", type=int, default=1_000)
    parser.add_argument("--xlsx-megabytes", type=int, default=50)
    parser.add_argument("--read", type=Path, help="read this file in this process")
    given = parser.parse_args()
    if given.read is not None:
        _measure(given.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, make, megabytes in (
            ("spend.csv", make_csv, given.csv_megabytes),
            ("spend.xlsx", make_xlsx, given.xlsx_megabytes),
        ):
            path = Path(folder) / name
            if megabytes:
                say(f"making {name} of {megabytes:,} MB")
                maker = get_context("spawn").Process(
                    target=make, args=(path, megabytes * 1_000_000)
                )
                maker.start()
                maker.join()
                if maker.exitcode:
                    sys.exit(f"{name} was not made")
                own = [sys.executable, "-m", "tests.bench.reading", "--read", str(path)]
                subprocess.run(own, check=True)
                path.unlink()


def _measure(path: Path) -> None:
    started = time.perf_counter()
    reads = dry_run_file(path, {}, TODAY)
    seconds = time.perf_counter() - started
    rows = sum(read.rows_read for read in reads)
    accepted = sum(read.accepted.rows for read in reads)
    mine = resource.getrusage(resource.RUSAGE_SELF)
    memory = mine.ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    settings = {"file": path.name, "megabytes": path.stat().st_size // 1_000_000, "rows": rows}
    for error in filter(None, (read.error for read in reads)):
        say(error)
    figure("dry_run_accepted", accepted, "rows", **settings)
    figure("dry_run_rows_per_second", rows / seconds, "rows/s", **settings)
    figure("dry_run_cpu_seconds", mine.ru_utime + mine.ru_stime, "s", **settings)
    figure("dry_run_peak_memory", memory / 1_024, "MB", **settings)


def _payments(seed: int) -> Iterator[Payment]:
    rng = random.Random(seed)
    payees = [" ".join(rng.choices(_WORDS, k=4)) for _ in range(5_000)]
    purposes = [" ".join(rng.choices(_WORDS, k=6)) for _ in range(300)]
    number = 0
    while True:
        number += 1
        pence = rng.randrange(10**8)
        amount = f"{pence // 100}.{pence % 100:02}"
        reference = f"INV-{rng.randrange(10**9):09}-{number}"
        yield number % 900, amount, rng.choice(payees), rng.choice(purposes), reference, number


def make_csv(path: Path, size: int) -> None:
    """A CSV file of about this many bytes."""
    with path.open("w", encoding="utf-8") as file:
        written = file.write("date,amount,payee,purpose,reference,number\n")
        for day, amount, payee, purpose, reference, number in _payments(1):
            written += file.write(
                f"{day % 28 + 1:02}/{day % 12 + 1:02}/2021,{amount},{payee},{purpose},"
                f"{reference},{number}\n"
            )
            if written >= size:
                return


def make_xlsx(path: Path, size: int) -> None:
    """A workbook of at least this many bytes, with shared texts, as Excel writes it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        texts = _Texts()
        payments = _payments(2)
        sheets = 0
        while path.stat().st_size < size:
            sheets += 1
            with package.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
                sheet.write(_HEADER)
                for row in range(2, _SHEET_ROWS + 1):
                    sheet.write(_row(row, next(payments), texts).encode())
                sheet.write(b"</sheetData></worksheet>")
        package.writestr("xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}">{texts.items}</sst>')
        for name, part in _parts(sheets).items():
            package.writestr(name, part)


class _Texts:
    """Shared texts, each by its number."""

    def __init__(self) -> None:
        self._items = bytearray()
        self._numbers: dict[str, int] = {}
        self._count = 0

    @property
    def items(self) -> str:
        return self._items.decode()

    def number(self, text: str, *, unique: bool = False) -> int:
        known = None if unique else self._numbers.get(text)
        if known is not None:
            return known
        self._items += f"<si><t>{text}</t></si>".encode()
        self._count += 1
        if not unique:
            self._numbers[text] = self._count - 1
        return self._count - 1


def _row(row: int, payment: Payment, texts: _Texts) -> str:
    day, amount, payee, purpose, reference, number = payment
    named = (texts.number(payee), texts.number(purpose), texts.number(reference, unique=True))
    cells = "".join(
        f'<c r="{column}{row}" t="s"><v>{text}</v></c>'
        for column, text in zip("CDE", named, strict=True)
    )
    return (
        f'<row r="{row}"><c r="A{row}" s="1"><v>{44_000 + day}</v></c>'
        f'<c r="B{row}"><v>{amount}</v></c>{cells}<c r="F{row}"><v>{number}</v></c></row>'
    )


def _parts(sheets: int) -> dict[str, str]:
    numbers = range(1, sheets + 1)
    names = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    targets = {f"r{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}
    targets |= {"t": ("sharedStrings", "sharedStrings.xml"), "s": ("styles", "styles.xml")}
    return {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": _relations({"w": ("officeDocument", "xl/workbook.xml")}),
        "xl/_rels/workbook.xml.rels": _relations(targets),
        "xl/workbook.xml": f'<workbook xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/styles.xml": '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
        "</styleSheet>",
    }


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    each = (
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(each)}</Relationships>'


if __name__ == "__main__":
    main()
