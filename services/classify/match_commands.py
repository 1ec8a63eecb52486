"""`match` and `fit`: names against register files, and the model that judges them fitted anew."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer
from rich.progress import Progress

from services.classify.fit_matching import FITTED_FILE, STEPS, fit_matching
from services.classify.index_files import index_files
from services.classify.main import clock, definitions_of
from services.classify.match_file import answering, match_file
from services.classify.matching.index import Index
from services.classify.settings import Settings
from services.classify.side_by_side import processors, side_by_side
from services.classify.suppliers_file import read_suppliers
from services.classify.terminal import show_progress
from shared.command_line import FAILED, WRONG, failed
from shared.errors import Misconfigured, Rejected

Registers = Annotated[
    Path, typer.Option(exists=True, file_okay=False, metavar="DIR", help="Register files")
]


def match(
    registers: Registers,
    source: Annotated[Path, typer.Option("--in", exists=True, dir_okay=False, metavar="FILE.csv")],
    target: Annotated[Path, typer.Option("--out", dir_okay=False, metavar="FILE.csv")],
    processes: Annotated[
        int, typer.Option(min=0, help="Processes; 0 is one for each processor of this machine")
    ] = 0,
) -> None:
    """Match a CSV file of suppliers against register files, without broker or database."""
    index = _index(registers)
    started = time.perf_counter()
    partial = target.with_name(f"{target.name}.part")
    try:
        answer = answering(index, definitions_of(Settings()))
        with (
            side_by_side(answer, processes or processors()) as answers_of,
            show_progress() as progress,
            _opened(source, progress) as rows,
            partial.open("w", encoding="utf-8", newline="") as answers,
        ):
            meter = _Meter(progress)
            count = match_file(read_suppliers(rows), answers, answers_of, meter.add)
        partial.replace(target)
    except Misconfigured as error:
        raise failed(str(error), WRONG) from error
    except Rejected as error:
        raise failed(f"{source.name}: {error}", WRONG) from error
    except (OSError, BrokenProcessPool) as error:
        raise failed(str(error), FAILED) from error
    finally:
        partial.unlink(missing_ok=True)
    rate = count / (time.perf_counter() - started)
    sys.stderr.write(f"{count:,} names, {rate:,.0f} a second\n")


@contextmanager
def _opened(source: Path, progress: Progress) -> Iterator[IO[bytes]]:
    """The file, its bar moved by the bytes that are read."""
    with source.open("rb") as file:
        task = progress.add_task("match", total=source.stat().st_size)
        counted = progress.wrap_file(file, task_id=task)
        yield counted


class _Meter:
    """Names a second beside the bar."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._started = time.perf_counter()
        self._count = 0

    def add(self, count: int) -> None:
        self._count += count
        rate = self._count / (time.perf_counter() - self._started)
        for task in self._progress.task_ids:
            self._progress.update(task, description=f"{self._count:,} names, {rate:,.0f} a second")


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
