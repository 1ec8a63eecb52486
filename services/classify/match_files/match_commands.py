"""`match` and `fit`: names against register files, and the model that judges them fitted anew."""

import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Annotated

import typer

from services.classify.main import clock, definitions_of
from services.classify.match_files.index_files import index_files
from services.classify.match_files.match_file import answering, match_file
from services.classify.match_files.side_by_side import processors, side_by_side
from services.classify.match_files.suppliers_file import read_suppliers
from services.classify.matching.index.index import Index
from services.classify.matching.model.model import FITTED_FILE
from services.classify.replaced_file import replace_file
from services.classify.settings import Settings
from services.classify.terminal import show_progress
from shared.command_line import FAILED, WRONG, failed
from shared.errors import Misconfigured, Rejected

Registers = Annotated[
    Path,
    typer.Option(
        exists=True, file_okay=False, metavar="DIR", help="A folder of register files as published"
    ),
]


def match(
    registers: Registers,
    source: Annotated[
        Path,
        typer.Option(
            "--in",
            exists=True,
            dir_okay=False,
            metavar="FILE.csv",
            help="A column supplier; postcode, company_number and charity_number are used too",
        ),
    ],
    target: Annotated[
        Path,
        typer.Option(
            "--out", dir_okay=False, metavar="FILE.csv", help="Where the answers go, a row for each"
        ),
    ],
    processes: Annotated[
        int, typer.Option(min=0, help="How many processes match; 0 is one for each processor")
    ] = 0,
) -> None:
    """Match a CSV file of suppliers against register files, without broker or database."""
    if target.is_file() and target.samefile(source):
        raise failed(
            f"{target} is both --in and --out: the answers need a file of their own", WRONG
        )
    index = _index(registers)
    try:
        answer = answering(index, definitions_of(Settings()))
        total = _count(source)
        started = time.perf_counter()
        with (
            side_by_side(answer, processes or processors()) as answers_of,
            source.open("rb") as rows,
            replace_file(target) as answers,
            show_progress() as progress,
        ):
            task = progress.add_task("match", total=total)

            def advance(count: int) -> None:
                progress.advance(task, count)
                rate = progress.tasks[task].completed / (time.perf_counter() - started)
                progress.update(task, description=f"match, {rate:,.0f} names a second")

            count = match_file(read_suppliers(rows), answers, answers_of, advance)
    except Misconfigured as error:
        raise failed(str(error), WRONG) from error
    except Rejected as error:
        raise failed(f"{source.name}: {error}", WRONG) from error
    except (OSError, BrokenProcessPool) as error:
        raise failed(str(error), FAILED) from error
    rate = count / (time.perf_counter() - started)
    sys.stderr.write(f"{count:,} names, {rate:,.0f} a second\n")


def _count(source: Path) -> int | None:
    """How many suppliers the file holds, each of which can be read; None of what is no file."""
    if not source.is_file():
        return None
    with source.open("rb") as rows:
        return sum(1 for _ in read_suppliers(rows))


def fit(
    registers: Registers,
    benchmark: Annotated[
        Path, typer.Option(exists=True, file_okay=False, metavar="DIR", help="Labelled suppliers")
    ],
) -> None:
    """Fit the evidence model anew; its numbers are written beside the rules that use them."""
    # scikit-learn takes a second and 100 MB, which the service and every other verb would pay.
    from services.classify.fitting.fit_matching import (  # noqa: PLC0415 - for the reason above
        STEPS,
        fit_matching,
    )

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
    warnings: list[str] = []
    try:
        with show_progress() as progress:
            task = progress.add_task("registers", total=None)
            index = index_files(
                registers,
                Settings().cache,
                watch=lambda what: progress.update(task, description=what),
                warn=warnings.append,
            ).prepare()
    except Rejected as error:
        raise failed(str(error), WRONG) from error
    except OSError as error:
        raise failed(str(error), FAILED) from error
    for warning in warnings:  # below the progress bar, not through it
        sys.stderr.write(f"{warning}\n")
    sys.stderr.write(
        f"{index.entries:,} register names ready in {time.perf_counter() - started:.1f} s\n"
    )
    return index
