"""Examples of the parameters of this door, by their names."""

from typing import Any

EXAMPLES: dict[str, Any] = {
    "buyer": "GB-NHS-QWO",
    "payment_id": "d12b509a-d7bb-5785-9e6a-f32d16e2082c",
    "reject_id": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "import_id": "b7d0c6f4-5a0e-4c7e-9a51-3f1f0d2c4e11",
    "sort": "started_at",
    "fields": "file,state",
    "since": "2026-11-01T00:00:00Z",
    "until": "2026-12-01T00:00:00Z",
    "Idempotency-Key": '"april-2024"',
}
