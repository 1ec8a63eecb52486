"""Examples of the parameters of this door, by their names."""

from typing import Any

EXAMPLES: dict[str, Any] = {
    "buyer": "GB-LAE-LDS",
    "fields": "subscription_id,channel",
    "agreement": "0ede9963-f441-5a73-8de2-14816d68e496",
    "agreement_id": "0ede9963-f441-5a73-8de2-14816d68e496",
    "notice_id": "5d6cf6a0-2f8a-5b43-9d1c-6c1a0f3f2b11",
    "subscription": "5d6cf6a0-2f8a-5b43-9d1c-6c1a0f3f2b11",
    "subscription_id": "5d6cf6a0-2f8a-5b43-9d1c-6c1a0f3f2b11",
    "subscriber": "GB-CHC-1036460",
    "notification_id": "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10",
    "since": "2026-11-01T00:00:00Z",
    "until": "2026-12-01T00:00:00Z",
    "token": "as it stands in the address of a link",
    "recipient": "notices+0c1f7f5e@localpound.example",
}
