"""What the query service alone measures."""

from prometheus_client import Counter

PAYMENTS_PROJECTED = Counter(
    "localpound_api_payments_total",
    "Payments that reached the read model, by outcome (new, known, corrected)",
    ["outcome"],
)
