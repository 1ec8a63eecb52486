"""Examples of the parameters of this door, by their names: those of the demonstration year, which
are the same each time it is played; ids that differ from one installation to another are made up.
"""

from typing import Any

from shared.door.openapi_document import MadeUp

_SUPPLIER = MadeUp(
    "0b84b901-e745-5d51-9023-04b3f4b85850",
    "ids of suppliers are each installation's own, and /v1/suppliers lists them",
)
_NOT_TOLD = "the demonstration's registers do not tell it of anyone"
_ENTERED = "it is answered where one is entered, and listed beside"

EXAMPLES: dict[str, Any] = {
    "buyer": "GB-NHS-QWO",
    "financial_year": "2024-25",
    "from": "2024-04-01",
    "to": "2025-03-31",
    "as_known_at": "2026-11-23",
    "as_of": "2026-11-23",
    "from_known_at": "2026-11-23",
    "to_known_at": "2026-11-23",
    "before": "2027-03-31",
    "since": "2027-01-01",
    "payment_id": "89453660-8bad-561d-a458-0406b1199873",
    "supplier_id": _SUPPLIER,
    "supplier": _SUPPLIER,
    "agreement_id": "0ede9963-f441-5a73-8de2-14816d68e496",
    "agreement": "0ede9963-f441-5a73-8de2-14816d68e496",
    "organisation": "GB-CHC-9000113",
    "provider": "GB-CHC-9000113",
    "definition": "community-interest",
    "place": "Leeds",
    "buyer_place": MadeUp("Leeds", _NOT_TOLD),
    "programme": "End of life",
    "programme_state": "as-coded",
    "budget_head": "Public Health Grant",
    "ledger_programme": "End of life",
    "unit": "31110 Community Services",
    "expense_type": "Voluntary sector contracts",
    "legal_form": "registered charity",
    "income_band": MadeUp("1m to 5m", _NOT_TOLD),
    "reach": MadeUp("local", _NOT_TOLD),
    "tier": "auto",
    "route": "direct",
    "agreement_kind": "contract",
    "kind": "contract",
    "recurrence": "recurrent",
    "without": "reference",
    "coverage": "matched",
    "/v1/payments sort": "-payment_date",
    "/v1/transactions sort": "payment_date",
    "/v1/suppliers sort": "supplier_id",
    "/v1/organisations sort": "-amount",
    "fields": "buyer",
    "/v1/spend fields": "amount,definitions",
    "/v1/suppliers fields": "payee",
    "/v1/organisations fields": "organisation_name,amount",
    "state": "served",
    "by": "buyer",
    "min_amount": "500.00",
    "max_amount": "25000.00",
    "allocation_growth": 4.5,
    "net_uplift": 0.4,
    "number": "1",
    "statement_id": MadeUp("6f1d2a0e-4f4a-4a39-9a86-2f2d3b1c7e55", _ENTERED),
    "claim_id": MadeUp("6f1d2a0e-4f4a-4a39-9a86-2f2d3b1c7e55", _ENTERED),
    "name": "september-statement",
    "export": "spend-over-500",
    "/v1/exports/360giving buyer": "GB-LAE-LDS",
    "/v1/exports/360giving financial_year": "2023-24",
    "/v1/exports/360giving from": "2023-04-01",
}
