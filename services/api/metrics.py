"""What the query service alone measures."""

from prometheus_client import Counter, Gauge

PAYMENTS_PROJECTED = Counter(
    "localpound_api_payments_total",
    "Payments that reached the read model, by outcome (new, known, corrected)",
    ["outcome"],
)
RANKING_WAITING = Gauge(
    "localpound_api_ranking_suppliers_waiting",
    "Suppliers that the ranking of organisations has to learn of, some more than once; every "
    "replica tells all of them",
)
RANKING_REFRESHED = Gauge(
    "localpound_api_ranking_refreshed_timestamp_seconds",
    "When this replica last brought the ranking of organisations up to date for some suppliers",
)
RANKING_FAILED = Counter(
    "localpound_api_ranking_refreshes_failed_total",
    "Refreshes of the ranking that failed, by cause: the database (away, full, or it chose "
    "another), or an error of the program, which does not pass by itself",
    ["cause"],
)
