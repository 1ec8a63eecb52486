"""Every metric that all services share, declared once; a service's own stand in its metrics.py."""

from prometheus_client import Counter, Gauge, Histogram

RECORDS = Counter(
    "localpound_records_total",
    "Records handled, by topic (at an HTTP door: by route) and outcome (handled, quarantined)",
    ["topic", "outcome"],
)
BATCHES_FAILED = Counter(
    "localpound_batches_failed_total", "Batches that failed and will be retried", ["topic"]
)
BATCH_SECONDS = Histogram(
    "localpound_batch_seconds",
    "Time to handle a batch, commit included",
    ["topic"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
LAST_COMMIT = Gauge(
    "localpound_last_batch_committed_timestamp_seconds",
    "When a batch of a lane last committed",
    ["topic", "lane"],
)
LAG = Gauge(
    "localpound_consumer_lag_records", "Records that a lane has not handled yet", ["topic", "lane"]
)
WAITS_FOR_UPGRADE = Gauge(
    "localpound_consumer_waits_for_upgrade",
    "1 while a lane meets a record of a type that this version of the service does not know",
    ["topic", "lane"],
)
OUTBOX_WAITING = Gauge(
    "localpound_outbox_batches_waiting", "Batches the relay saw waiting, 16 at most", ["schema"]
)
OUTBOX_PUBLISHED = Counter(
    "localpound_outbox_events_published_total", "Events published from the outbox", ["schema"]
)
REQUEST_SECONDS = Histogram(
    "localpound_http_request_seconds",
    "Time to answer, by route and status",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
