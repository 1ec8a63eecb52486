"""notify's own metrics."""

from prometheus_client import Counter, Gauge, Histogram

OBLIGATIONS = Counter(
    "localpound_notify_obligations_total",
    "Obligations by kind and what became of them (raised, skipped, withdrawn)",
    ["kind", "outcome"],
)
ESCALATIONS = Counter(
    "localpound_notify_escalations_total",
    "Steps taken where nobody acknowledged, by whom they told (contact, channel, officers)",
    ["target"],
)
DELIVERIES = Counter(
    "localpound_notify_deliveries_total",
    "Attempts to deliver, by channel and outcome (delivered, sent, retry, failed, gone, not-made)",
    ["channel", "outcome"],
)
REPORTS = Counter(
    "localpound_notify_reports_total",
    "What was heard of messages after they were handed in: bounces, and states that were asked for",
    ["channel", "outcome"],
)
SWITCHED_OFF = Counter(
    "localpound_notify_subscriptions_switched_off_total",
    "Subscriptions switched off, by why (gone, failing, unsubscribed, ended)",
    ["because"],
)
DELIVERY_SECONDS = Histogram(
    "localpound_notify_delivery_seconds",
    "Time that an attempt took",
    ["channel"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
)
WAITING = Gauge(
    "localpound_notify_oldest_waiting_seconds",
    "How long ago the oldest notification that waits for an attempt became due",
)
IN_FLIGHT = Gauge("localpound_notify_deliveries_in_flight", "Attempts being made by this process")
STEPS_FAILED = Counter(
    "localpound_notify_steps_failed_total",
    "Steps of the timer that failed, by which: the others were taken all the same",
    ["step"],
)
RAISED_AT = Gauge(
    "localpound_notify_last_raise_timestamp_seconds", "When what was due was last raised"
)
PAYMENTS_SWEPT_AT = Gauge(
    "localpound_notify_payments_swept_timestamp_seconds",
    "When payments to those whose agreements ended were last looked through by this process",
)
UNDATED = Gauge("localpound_notify_undated_agreements", "Agreements that record no end date")
