"""The classifier's own metrics, declared once."""

from prometheus_client import Counter, Gauge

SUPPLIERS_CLASSIFIED = Counter(
    "localpound_classify_suppliers_total",
    "Suppliers classified for the first time, by tier and rule",
    ["tier", "rule"],
)
REVIEWS_WAITING = Gauge(
    "localpound_classify_reviews_waiting", "Suppliers that wait for a person's decision"
)
REVIEWS_POUNDS = Gauge(
    "localpound_classify_reviews_waiting_pounds", "What these suppliers were paid, net of credits"
)
SUPPLIERS_KNOWN = Gauge(
    "localpound_classify_suppliers_known", "Suppliers that this replica need not look at again"
)
