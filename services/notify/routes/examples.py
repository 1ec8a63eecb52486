"""Examples of the parameters of this door, by their names: those of the demonstration year."""

from typing import Any

from shared.door.openapi_document import MadeUp

_SUBSCRIPTION = MadeUp("5d6cf6a0-2f8a-5b43-9d1c-6c1a0f3f2b11", "/v1/subscriptions lists them")

EXAMPLES: dict[str, Any] = {
    "buyer": "GB-LAE-LDS",
    "agreement": "0ede9963-f441-5a73-8de2-14816d68e496",
    "agreement_id": "0ede9963-f441-5a73-8de2-14816d68e496",
    "notice_id": MadeUp(
        "5d6cf6a0-2f8a-5b43-9d1c-6c1a0f3f2b11", "it is answered where a notice is recorded"
    ),
    "subscription": _SUBSCRIPTION,
    "subscription_id": _SUBSCRIPTION,
    "subscriber": "GB-CHC-1036460",
    "notification_id": MadeUp(
        "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10", "/v1/notifications lists them"
    ),
    "since": "2026-11-01T00:00:00Z",
    "until": "2026-12-01T00:00:00Z",
    "token": "as it stands in the address of a link",
    "/v1/notifications fields": "notification_id,state",
    "/v1/subscriptions fields": "subscription_id,channel",
    "recipient": "notices+0c1f7f5e@localpound.example",
}
