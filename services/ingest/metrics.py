"""What the ingest service counts beside what every service does."""

from collections.abc import Mapping, Sized
from typing import Protocol

from prometheus_client import Counter, Gauge

PAYMENTS = Counter(
    "localpound_ingest_payments_total",
    "Payments posted, by door (kafka, http) and outcome (accepted, known, rejected)",
    ["door", "outcome"],
)
AGREEMENTS = Counter(
    "localpound_ingest_agreements_total",
    "Agreement facts posted, by door (kafka, http) and outcome (accepted, known, rejected)",
    ["door", "outcome"],
)
CORRECTIONS = Counter(
    "localpound_ingest_corrections_total",
    "Corrections of payments that officers made at the door, by why (officer)",
    ["why"],
)
IMPORTS = Counter(
    "localpound_ingest_imports_total",
    "Imports of files that came to the service, by how they ended (finished, failed, "
    "needs_mapping, needs_decision); localpound_ingest_ledger_imports has all",
    ["state"],
)
IMPORTED_ROWS = Counter(
    "localpound_ingest_imported_rows_total",
    "Rows of the files whose import finished, by outcome (accepted, known, rejected, skipped)",
    ["outcome"],
)


KEPT_IMPORTS = Gauge(
    "localpound_ingest_ledger_imports",
    "Imports that the ledger knows, whichever door or command line they came by, by state; every "
    "replica tells all of them",
    ["state"],
)
KEPT_ROWS = Gauge(
    "localpound_ingest_ledger_rows",
    "Rows of the finished imports that the ledger knows, by outcome (accepted, known, rejected); "
    "every replica tells all of them",
    ["outcome"],
)


class Outcome(Protocol):
    """What became of a batch of payments or of agreement facts."""

    @property
    def accepted(self) -> Sized:
        """What was new."""

    @property
    def already_known(self) -> Sized:
        """What had been said before."""

    @property
    def rejects(self) -> Sized:
        """What could not be used."""


def count(metric: Counter, door: str, outcome: Outcome) -> None:
    """Count what became of a batch that came by `door`."""
    metric.labels(door, "accepted").inc(len(outcome.accepted))
    metric.labels(door, "known").inc(len(outcome.already_known))
    metric.labels(door, "rejected").inc(len(outcome.rejects))


def count_import(state: str, rows: Mapping[str, int]) -> None:
    """Count an import that ended in `state`, and its rows by outcome."""
    IMPORTS.labels(state).inc()
    for outcome, number in rows.items():
        IMPORTED_ROWS.labels(outcome).inc(number)
