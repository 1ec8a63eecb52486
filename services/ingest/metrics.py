"""What the ingest service counts beside what every service does."""

from collections.abc import Sized
from typing import Protocol

from prometheus_client import Counter

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
