"""How the demo prints figures: pounds, shares and plain tables."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table


def pounds(amount: str | int) -> str:
    """A decimal string of pounds, or pence, as whole pounds with thousands set apart."""
    exact = Decimal(amount) if isinstance(amount, str) else Decimal(amount) / 100
    return f"£{exact:,.0f}".replace("£-", "-£")


def percent(share: float | None) -> str:
    """A share as a percentage; nothing where there is no share."""
    return "" if share is None else f"{100 * share:.1f}%"


def say(console: Console, sentence: str) -> None:
    """Print a sentence as an item of a list."""
    item = Table.grid(padding=(0, 1, 0, 0))
    item.add_row("  -", escape(sentence))
    console.print(item)


def show_table(
    console: Console,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    figures_from: int = 1,
) -> None:
    """Print a table whose columns are text up to `figures_from`, and figures from there on.

    In a terminal too narrow for it each row is a list of its own: no figure is cut short.
    """
    rows = list(rows)
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for number, column in enumerate(columns):
        figures = number >= figures_from
        table.add_column(column, justify="right" if figures else "left", no_wrap=figures)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print()
    if _narrowest([columns, *rows], figures_from) <= console.width:
        console.print(table)
        return
    console.print(f"[bold]{escape(title)}[/]")
    for first, *others in rows:
        console.print(f"\n  [bold]{escape(first)}[/]")
        named = Table.grid(padding=(0, 2, 0, 0))
        for column, cell in zip(columns[1:], others, strict=True):
            named.add_row("", escape(column), escape(cell))
        console.print(named)


def _narrowest(rows: Sequence[Sequence[str]], figures_from: int) -> int:
    """How many columns of a terminal a table needs: figures whole, text by its longest word."""
    widths = [
        max(len(cell) if number >= figures_from else _longest_word(cell) for cell in cells)
        for number, cells in enumerate(zip(*rows, strict=True))
    ]
    return sum(widths) + 3 * len(widths)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)
