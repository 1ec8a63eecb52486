"""Tables of payments as bodies publish them, made by chance, with the pounds that are in them."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

Rows = list[list[Any]]

_PAYEES = (
    *("Leeds Mind", "Carers' Café Ltd", "A&B <Care> plc", "St Gemma's Hospice", "Óglaigh"),
    *("Redacted", "Smith, J", 'The "Old" Mill', "Total Gas & Power Ltd", "R\nTwo Lines", "7 Oaks"),
)
_TYPES = ("Agency staff", "Premises; rent", "Grants to VCSE", "Drugs, tab\tlets")
_LAYOUTS = (
    ("date", "amount", "payee", "reference"),
    (
        *("Department family", "Entity", "Date", "Expense Type", "Expense Area"),
        *("Supplier", "Transaction Number", "Amount"),
    ),
    ("Body Name", "Service Area", "Payment Date", "Invoice Number", "Net Amount", "Supplier Name"),
    ("Posting date", "Vendor Name", "Document Number", "Amount in GBP", "Text"),
    ("Paid Date", "Payee", "Debit", "Credit", "Reference"),
    ("Year", "Month", "Supplier", "Amount", "Reference"),
)
_ENDS = ("", "Published under the Transparency Code", "Notes: redacted where personal")


@dataclass(frozen=True)
class MadeTable:
    """Rows of cells, and how many payments of how many pence they hold."""

    rows: Rows
    payments: int
    pence: int


def make_table(rng: random.Random, *, flat: bool) -> MadeTable:
    """A table; a `flat` one has nothing but a header and payments, as Parquet and JSON have."""
    header = rng.choice(_LAYOUTS)
    day, money = rng.choice(_DAYS), rng.choice(_AMOUNTS)
    rows: Rows = []
    pence = []
    start = date(2021, 4, 1) + timedelta(days=rng.randrange(600))
    for number in range(rng.randrange(2, 30)):
        # The second day of all is late in a month, so that the order of days is never open.
        made = start.replace(day=28) if number == 1 else start + timedelta(days=rng.randrange(30))
        amount = rng.choice((1, 1, 1, 1, -1)) * rng.randrange(1, 10 ** rng.randrange(3, 9))
        pence.append(amount)
        rows.append(_payment(rng, header, made, day, amount, money))
    rows = [list(header), *rows] if flat else _furnish(rng, list(header), rows, pence)
    return MadeTable(rows, len(pence), sum(pence))


def widened(rng: random.Random, table: MadeTable, most: int) -> MadeTable:
    """The same payments with up to so many columns more, at the right or the left of their own.

    Of a table that has a title only its longest rows are widened: the payments and their header.
    """
    width = max(map(len, table.rows))
    more = rng.choice((most, most // 2, most // 10)) - width
    name = rng.choice(("Code {0}", "Notes", "Amount {0}", "Text for {0} and others", ""))
    said = rng.choice((None, "x", "text {0}", "{0}.00", "01/04/2021"))
    left = rng.random() < 0.3
    rows: Rows = []
    for row in table.rows:
        first = not any(len(each) == width for each in rows)
        form = name if first else said
        added = [form and form.format(n) for n in range(more)]
        wide = len(row) == width
        rows.append([*added, *row] if wide and left else [*row, *added] if wide else row)
    return MadeTable(rows, table.payments, table.pence)


def _payment(
    rng: random.Random,
    header: tuple[str, ...],
    made: date,
    day: Callable[[date], Any],
    pence: int,
    money: Callable[[int], Any],
) -> list[Any]:
    said: dict[str, Any] = {"Year": made.year, "Month": f"{made:%B}"}
    for name in header:
        plain = name.lower()
        if "date" in plain:
            said[name] = day(made)
        elif plain == "credit":
            said[name] = money(-pence) if pence < 0 else None
        elif plain == "debit":
            said[name] = money(pence) if pence > 0 else None
        elif "amount" in plain:
            said[name] = money(pence)
        elif plain.startswith(("payee", "supplier", "vendor")):
            said[name] = rng.choice(_PAYEES)
        elif "number" in plain or plain == "reference":
            said[name] = f"R{rng.randrange(10**6):06}"
        elif plain in {"entity", "body name", "department family"}:
            said[name] = "NHS Somewhere ICB"
        elif name not in said:
            said[name] = rng.choice(_TYPES)
    return [said[name] for name in header]


def _furnish(rng: random.Random, header: list[str], rows: Rows, pence: list[int]) -> Rows:
    """Title, blank rows, headers that repeat, a total and notes, some of them."""
    top: Rows = [["Payments over the limit"], []] if rng.random() < 0.3 else []
    top += [[] for _ in range(rng.choice((0, 0, 1, 3)))]
    body = list(rows)
    half, again = len(body) // 2, rng.random()
    if again < 0.15:
        body[half:half] = [[], header]
    elif again < 0.3:  # the next page has its columns in another order
        order = rng.sample(range(len(header)), len(header))
        body[half:] = [[], *([row[place] for place in order] for row in (header, *body[half:]))]
    if rng.random() < 0.3 and "Credit" not in header and not 0.15 <= again < 0.3:
        place = next(at for at, name in enumerate(header) if "amount" in name.lower())
        total: list[Any] = [None] * len(header)
        total[place] = sum(pence) / 100
        total[1 if place == 0 else 0] = "Total"
        body.append(total)
    if rng.random() < 0.3:
        body += [[], [rng.choice(_ENDS)]]
    return [*top, header, *body]


def _grouped(pence: int) -> str:
    return f"{abs(pence) // 100:,}.{abs(pence) % 100:02}"


def _comma(pence: int) -> str:
    return ("-" if pence < 0 else "") + _grouped(pence).translate(str.maketrans(",.", ".,"))


_DAYS: tuple[Callable[[date], Any], ...] = (
    lambda day: day,
    lambda day: datetime(day.year, day.month, day.day),  # noqa: DTZ001 - as workbooks keep it
    lambda day: f"{day:%d/%m/%Y}",
    lambda day: f"{day:%d.%m.%y}",
    lambda day: f"{day:%d-%b-%y}",
    lambda day: f"{day:%Y-%m-%dT%H:%M:%S}",
    lambda day: f"{day:%d %B %Y}",
    lambda day: f"{day:%m/%d/%Y}",
)
_AMOUNTS: tuple[Callable[[int], Any], ...] = (
    lambda pence: pence / 100,
    lambda pence: f"{pence / 100:.2f}",
    lambda pence: f"{'-' if pence < 0 else ''}£{_grouped(pence)}",
    lambda pence: f"({_grouped(pence)})" if pence < 0 else _grouped(pence),
    lambda pence: _grouped(pence) + ("-" if pence < 0 else ""),
    lambda pence: _grouped(pence) + ("CR" if pence < 0 else ""),
    lambda pence: f"GBP {'-' if pence < 0 else ''}{_grouped(pence)}",
    _comma,
)


def harm_rows(rng: random.Random, rows: Rows) -> Rows:
    """The same table as somebody's hand or program would spoil it."""
    rows = [list(row) for row in rows]
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        at = rng.randrange(len(rows))
        if rng.random() < 0.4:
            _harm_order(rng, rows, at)
        else:
            _harm_row(rng, rows[at])
    return rows


def _harm_order(rng: random.Random, rows: Rows, at: int) -> None:
    other = rng.randrange(len(rows))
    match rng.randrange(4):
        case 0:
            rows.insert(at, list(rows[other]))
        case 1:
            rows.insert(at, [])
        case 2:
            del rows[at + 1 : other]
        case _:
            rows[at], rows[other] = rows[other], rows[at]


def _harm_row(rng: random.Random, row: list[Any]) -> None:
    place = rng.randrange(max(1, len(row)))
    match rng.randrange(7):
        case 0:
            del row[place : place + 1]
        case 1:
            row.insert(place, None)
        case 2:
            row[place : place + 1] = [rng.choice(_ODD)]
        case 3:
            row[:] = rng.sample(row, len(row))
        case 4:
            row += [rng.choice(_ODD)] * rng.randrange(1, 4)
        case 5:
            row[:] = [None if rng.random() < 0.5 else value for value in row]
        case _:
            row[place : place + 1] = [f"{value}\n{value}" for value in row[place : place + 1]]


_ODD: tuple[Any, ...] = (
    *("", " ", "Total", "Sub-total", "=1+1", "'-5", '"', "'", "£", "-", "()", "12%", "EUR 5.00"),
    *("N/A", "#REF!", "00/00/0000", "31/02/2021", "99/99/9999", "1e5", "1,2,3", "1.2.3", "٣", "½"),
    *(0, -1, 44_286, 1e300, 123456789012345678, True, None, date(1899, 12, 30), "🙂" * 300),
)
