"""`python -m deploy.demo`: the product with a sample year, or with real payments (`--data`)."""

import argparse
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from deploy.demo import report
from deploy.demo.guarded import OWN_SETTINGS
from deploy.demo.play import SETTINGS, play
from deploy.demo.receiver import receiving
from deploy.demo.replay import check_data, replay, show_replay
from deploy.demo.running import Running, running
from deploy.demo.steps import DemoFailed, Steps
from deploy.demo.try_it import (
    examples,
    kafka_example,
    show_beginnings,
    show_examples,
    token_examples,
)
from deploy.local.addresses import StackFailed
from deploy.local.interruptions import hear_at_once

_PLAIN_COLUMNS = 140
INTERRUPTED, FAILED = 130, 1


def demo(console: Console, data: Path | None) -> None:
    """Start everything, play or replay, show it, and serve while somebody watches."""
    steps = Steps(console)
    if data is None:
        console.print("\n[bold]Local Pound[/]: a sample year of a Leeds-like Place, all invented\n")
        with running(steps, SETTINGS, own_settings=OWN_SETTINGS) as run:
            _sample_year(console, steps, run)
    else:
        check_data(data)
        console.print("\n[bold]Local Pound[/]: the real payments of Bradford\n")
        with running(steps, SETTINGS) as run:
            imported = replay(run, steps, data)
            steps.done()
            show_replay(console, run, imported)
            serve(console)


def _sample_year(console: Console, steps: Steps, run: Running) -> None:
    now = datetime.now(UTC)
    today = now.date()
    with receiving() as receiver, tempfile.TemporaryDirectory() as folder:
        played = play(run, steps, receiver, Path(folder), today)
        steps.done()
        report.show_accounts(console, played)
        report.show_quarantine(console, played)
        answer = report.show_spend(console, run)
        report.show_remarks(console, run, answer)
        report.show_bridge(console, run)
        report.show_coverage(console, run)
        report.show_programmes(console, run)
        report.show_messages(console, played, today)
        acknowledge = report.notice_this_week(played)["acknowledgeurl"]
        found = [
            *examples(run, receiver, today, acknowledge),
            *(kafka_example(run), *token_examples(run, now)),
        ]
        show_examples(console, run, found)
        show_beginnings(console, run)
        serve(console)


def serve(console: Console) -> None:
    """Wait for Ctrl-C, unless nobody is there to press it."""
    if console.is_terminal:
        with suppress(KeyboardInterrupt):
            console.print("\nEverything runs until [bold]Ctrl-C[/].")
            threading.Event().wait()
        console.print("\nEverything stops.")
    else:
        console.print("\nNo terminal watches: everything stops, and these addresses with it.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and run the demo; 0 when it ends well or by Ctrl-C as it serves."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of real registers and payments")
    asked = parser.parse_args(arguments)
    hear_at_once()
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PLAIN_COLUMNS
    try:
        demo(console, asked.data)
    except (DemoFailed, StackFailed) as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
