"""`match` and `fit`: names against register files, and the model that judges them fitted anew."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from services.classify.fit_matching import FITTED_FILE, STEPS, fit_matching
from services.classify.index_files import index_files
from services.classify.main import clock, definitions_of
from services.classify.match_file import match_file, read_suppliers
from services.classify.matching.index import Index
from services.classify.settings import Settings
from services.classify.terminal import show_progress
from shared.command_line import WRONG, failed
from shared.errors import Misconfigured, Rejected

Registers = Annotated[
    Path, typer.Option(exists=True, file_okay=False, metavar="DIR", help="Register files")
]


def match(
    registers: Registers,
    source: Annotated[Path, typer.Option("--in", exists=True, dir_okay=False, metavar="FILE.csv")],
    target: Annotated[Path, typer.Option("--out", dir_okay=False, metavar="FILE.csv")],
) -> None:
    """Match a CSV file of suppliers against register files, without broker or database."""
    index = _index(registers)
    started = time.perf_counter()
    try:
        definitions = definitions_of(Settings())
        with (
            source.open(encoding="utf-8-sig", newline="") as rows,
            target.open("w", encoding="utf-8", newline="") as answers,
            show_progress() as progress,
        ):
            task = progress.add_task("match", total=None)
            suppliers = progress.track(read_suppliers(rows), task_id=task)
            count = match_file(suppliers, answers, index, definitions)
    except Misconfigured as error:
        raise failed(str(error), WRONG) from error
    except (Rejected, UnicodeDecodeError) as error:
        raise failed(f"{source.name}: {error}", WRONG) from error
    rate = count / (time.perf_counter() - started)
    sys.stderr.write(f"{count:,} names, {rate:,.0f} a second\n")


def fit(
    registers: Registers,
    benchmark: Annotated[
        Path, typer.Option(exists=True, file_okay=False, metavar="DIR", help="Labelled suppliers")
    ],
) -> None:
    """Fit the evidence model anew; its numbers are written beside the rules that use them."""
    index = _index(registers)
    try:
        with show_progress() as progress:
            task = progress.add_task("fit", total=STEPS)
            thresholds = fit_matching(
                index,
                benchmark,
                clock().date(),
                watch=lambda steps: progress.advance(task, steps),
            )
    except (Rejected, Misconfigured) as error:
        raise failed(str(error), WRONG) from error
    for name, value in thresholds._asdict().items():
        typer.echo(f"{name}: {value:.4f}")
    typer.echo(f"written to {FITTED_FILE}")


def _index(registers: Path) -> Index:
    started = time.perf_counter()
    try:
        with show_progress() as progress:
            task = progress.add_task("registers", total=None)
            index = index_files(
                registers,
                Settings().cache,
                watch=lambda what: progress.update(task, description=what),
            )
    except Rejected as error:
        raise failed(str(error), WRONG) from error
    sys.stderr.write(
        f"{index.entries:,} register names ready in {time.perf_counter() - started:.1f} s\n"
    )
    return index
