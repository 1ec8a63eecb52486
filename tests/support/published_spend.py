"""What eleven NHS bodies published, read by other libraries with a specification for each body.

An independent reading: csv, openpyxl and xlrd, columns by their names, nothing guessed.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import xlrd

FOLDER = Path("spend", "nhs_over_25k_raw")


class Spec(NamedTuple):
    """The headers of the amount and the payee, in lower case, by file of one body."""

    amounts: tuple[str, ...]
    payees: tuple[str, ...]


BODIES: Mapping[str, Spec] = {
    "BART": Spec(("amount",), ("supplier",)),
    "CHWE": Spec(("amount",), ("supplier name",)),
    "CROY": Spec(("amount",), ("supplier",)),
    "EPSH": Spec(("amount",), ("supplier",)),
    "HILL": Spec(("amount",), ("supplier",)),
    "IMPC": Spec(("amount",), ("supplier name",)),
    "KGST": Spec(("amount", "amount in sterling £"), ("supplier",)),
    "KICO": Spec(("amount",), ("supplier", "supplier name")),
    "LEGR": Spec(("amount",), ("supplier",)),
    "NMID": Spec(("amount",), ("supplier",)),
    "WHIT": Spec(("amount",), ("supplier",)),
}


def independent_pence(path: Path, spec: Spec) -> tuple[int, int]:
    """Payments, which have a payee and an amount, and their pence."""
    count = pence = 0
    for rows in _sheets(path):
        header = [str(cell or "").strip().lower() for cell in next(rows, [])]
        if not any(header):
            continue
        amount = next(header.index(name) for name in spec.amounts if name in header)
        payee = next(header.index(name) for name in spec.payees if name in header)
        for row in rows:
            printed = str(row[amount] if row[amount] is not None else "").strip()
            if str(row[payee] or "").strip() and printed:
                count += 1
                pounds = Decimal(printed.replace("£", "").replace(",", ""))
                pence += int((pounds * 100).quantize(Decimal(1)))
    return count, pence


def _sheets(path: Path) -> Iterator[Iterator[Sequence[Any]]]:
    if path.suffix == ".csv":
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
        yield csv.reader(io.StringIO(text, newline=""))
    elif path.suffix == ".xls":
        for sheet in xlrd.open_workbook(str(path)).sheets():
            yield iter([sheet.row_values(number) for number in range(sheet.nrows)])
    else:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
        for each in workbook.worksheets:
            yield each.iter_rows(values_only=True)
