"""Examples of the parameters of this door, by their names: those of the demonstration year."""

from typing import Any

from shared.door.openapi_document import MadeUp

EXAMPLES: dict[str, Any] = {
    "buyer": "GB-NHS-QWO",
    "/v1/reviews fields": "supplier_id,amount",
    "/v1/runs fields": "run_id,cause",
    "supplier_id": MadeUp(
        "0b0f5f0e-0f4c-5d2b-9b7e-3a1f5e3b9c11",
        "ids of suppliers are each installation's own, and /v1/reviews lists those that wait",
    ),
    "queries": '{"q0": {"query": "THORNBECK HOSPICE"}}',
    "extend": '{"ids": ["GB-CHC-9000113"], "properties": [{"id": "legal_form"}]}',
    "id": "GB-CHC-9000113",
    "kind": "entity",
    "prefix": "Leeds",
    "type": "Organization",
}
