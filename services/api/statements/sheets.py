"""The tables of a statement as CSV: each of its own, its figures, its warnings."""

from collections.abc import Collection, Iterator, Sequence

from services.api.statements.document import Document
from services.api.statements.render import covered
from shared.csv_rows import csv_table


def sheets(document: Document) -> Iterator[tuple[str, bytes]]:
    """Each table by its name, as bytes with the mark by which spreadsheets know UTF-8."""
    yield (
        "figures",
        write_sheet(
            ("section", "figure", "label", "value", "unit", "measure", "known", "rows"),
            [
                (
                    section.title,
                    figure.key,
                    figure.label,
                    "" if figure.value is None else str(figure.value),
                    figure.unit,
                    figure.measure,
                    covered(figure.coverage),
                    figure.rows or "",
                )
                for section in document.sections
                for figure in section.figures
            ],
            numeric={3},
        ),
    )
    yield (
        "warnings",
        write_sheet(
            ("figure", "printed", "recomputed", "verdict", "source", "sentence"),
            [
                (one.label, one.printed, one.recomputed, one.verdict, one.source, one.sentence)
                for one in document.warnings
            ],
        ),
    )
    for section in document.sections:
        for table in section.tables:
            rows = [(*row, link or "") for row, link in zip(table.rows, table.links, strict=True)]
            yield (
                f"table-{table.id}",
                write_sheet((*table.columns, "rows"), rows, numeric=set(table.numeric)),
            )


def write_sheet(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Collection[int] = (),
) -> bytes:
    """One table; cells that are no figures are shown and never run. Figures keep their minus."""
    shown = (
        [_figure(cell) if n in numeric else cell for n, cell in enumerate(row)] for row in rows
    )
    return csv_table(columns, shown, figures=numeric)


def _figure(cell: str) -> str:
    """A figure as programs read it: -1234.56 of -£1,234.56, 70.5% as it is."""
    return cell.replace("£", "").replace(",", "")
