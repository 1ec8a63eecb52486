"""Examples of the parameters of this door, by their names: those of the demonstration year."""

from typing import Any

from shared.door.openapi_document import MadeUp

EXAMPLES: dict[str, Any] = {
    "buyer": "GB-NHS-QWO",
    "payment_id": "89453660-8bad-561d-a458-0406b1199873",
    "reject_id": MadeUp(
        "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef", "/v1/rejects lists them"
    ),
    "import_id": MadeUp("b7d0c6f4-5a0e-4c7e-9a51-3f1f0d2c4e11", "/v1/imports lists them"),
    "sort": "started_at",
    "fields": "file,state",
    "since": "2026-11-01T00:00:00Z",
    "until": "2026-12-01T00:00:00Z",
    "Idempotency-Key": '"april-2024"',
}
