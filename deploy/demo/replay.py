"""Replays the real payments of Bradford against the real registers: `make demo DATA=folder`."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.demo.play import DEFINITIONS
from deploy.demo.running import Running
from deploy.demo.steps import DemoFailed, Steps, until
from deploy.demo.tables import percent, pounds, show_table
from deploy.local.addresses import StackMisconfigured

BUYER = "GB-LAE-BRD"
_REGISTERS = Path("registers")
_PAYMENTS = Path("spend", "west_yorkshire", "bradford.parquet")
_PAUSE_SECONDS = 0.5
_STUCK_SECONDS = 120.0
_CLASSIFIED_SECONDS = 600.0  # 36,000 suppliers against half a million names, on a slow machine
_MOST_REASONS = 12
_CLASSES = ("matched", "review", "unmatched", "redacted")


def check_data(data: Path) -> None:
    """Raise StackMisconfigured, naming what is missing, before anything is started."""
    if not data.is_dir():
        raise StackMisconfigured(f"{data} is no folder")
    for part in (_REGISTERS, _PAYMENTS):
        if not (data / part).exists():
            raise StackMisconfigured(
                f"{data} has no {part}: the README, 'What the demo shows', says what it must hold"
            )


def replay(run: Running, steps: Steps, data: Path) -> dict[str, Any]:
    """Load the registers, import the payments, wait until `api` has them; the import's summary."""
    with steps.step("the real registers are loaded"):
        registers = str(data / _REGISTERS)
        run.command("services.classify", "registers", "load", registers, shown=True)
    with steps.step(f"{_PAYMENTS.name} is imported"):
        file = str(data / _PAYMENTS)
        imported: dict[str, Any] = run.command_json(
            *("services.ingest", "import", file, "--buyer", BUYER, "--json"), shown=True
        )["total"]
    accepted = imported["accepted"] + imported["already_known"]
    with steps.step("the payments are read and their suppliers classified"):
        _follow(steps.console, accepted, lambda: _arrived(run))
        until(lambda: _classified(run), within=_CLASSIFIED_SECONDS, what="the last classification")
    return imported


def _arrived(run: Running) -> int:
    rows = run.get("api", "/v1/totals")["rows"]  # to name a buyer that has not paid yet is refused
    return sum(int(row["lines"]) for row in rows if row["buyer"] == BUYER)


def _classified(run: Running) -> bool | None:
    """True once no payment waits for its supplier's classification."""
    coverage = run.get("api", "/v1/spend", buyer=BUYER)["coverage"]
    return True if coverage["lines"]["awaiting"] == 0 else None


def _follow(console: Console, whole: int, look: Callable[[], int]) -> None:
    """Show a bar until `look` comes to the whole; DemoFailed where it stands still."""
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bars:
        bar = bars.add_task("payments in api", total=whole)
        arrived, moved = 0, time.monotonic()
        while arrived < whole:
            if (now := look()) != arrived:
                arrived, moved = now, time.monotonic()
                bars.update(bar, completed=arrived)
            elif time.monotonic() - moved > _STUCK_SECONDS:
                raise DemoFailed(f"api stands still at {arrived:,} of {whole:,} payments")
            time.sleep(_PAUSE_SECONDS)


def show_replay(console: Console, run: Running, imported: dict[str, Any]) -> None:
    """Spend by year and definition, coverage, quarantine, and who is paid most."""
    by_year = run.get("api", "/v1/spend", group_by="financial_year", buyer=BUYER)
    show_table(
        console,
        "Bradford's payments by financial year and definition",
        (
            "financial year",
            "lines",
            "pounds",
            *(definition.replace("-", " ") for definition in DEFINITIONS),
            *_CLASSES,
        ),
        [_figures(row["financial_year"], row) for row in by_year["rows"]]
        + [_figures("all", by_year)],
    )
    show_table(
        console,
        "Quarantined, by reason",
        ("reason", "rows", "pounds"),
        [
            (reason, f"{count['rows']:,}", pounds(count["pounds"]))
            for reason, count in list(imported["rejected_by_reason"].items())[:_MOST_REASONS]
        ],
    )
    largest = run.get("api", "/v1/organisations", definition=DEFINITIONS[-1], buyer=BUYER, limit=20)
    show_table(
        console,
        f"The twenty largest under {DEFINITIONS[-1]}",
        ("organisation", "org-id", "lines", "pounds"),
        [
            (
                row["organisation_name"],
                row["organisation"] or "name only",
                f"{row['definitions'][DEFINITIONS[-1]]['lines']:,}",
                pounds(row["definitions"][DEFINITIONS[-1]]["amount"]),
            )
            for row in largest["items"]
        ],
        figures_from=2,
    )


def _figures(name: str, row: dict[str, Any]) -> list[str]:
    return [
        name,
        f"{row['lines']:,}",
        pounds(row["amount"]),
        *(pounds(row["definitions"][definition]["amount"]) for definition in DEFINITIONS),
        *(percent(row["coverage"]["pounds"][each]) for each in _CLASSES),
    ]
