"""Examples of the parameters of this door, by their names."""

from typing import Any

EXAMPLES: dict[str, Any] = {
    "buyer": "GB-NHS-QWO",
    "/v1/reviews fields": "supplier_id,amount",
    "/v1/runs fields": "run_id,cause",
    "supplier_id": "0b0f5f0e-0f4c-5d2b-9b7e-3a1f5e3b9c11",
    "queries": '{"q0": {"query": "ST LUKES HOSPICE"}}',
    "extend": '{"ids": ["GB-CHC-1007625"], "properties": [{"id": "legal_form"}]}',
    "id": "GB-CHC-1007625",
    "kind": "entity",
    "prefix": "Leeds",
    "type": "Organization",
}
