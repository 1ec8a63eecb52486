"""An agreement for the documents of the routes, as the service would answer it."""

from typing import Any

from services.api.routes.agreements.agreement_answer import TermsAnswer

EXAMPLE: dict[str, Any] = {
    "agreement_id": "6d1f8f5a-8a52-5c1c-9b4e-0fb2b2f0b8c3",
    "buyer": "GB-NHS-QWO",
    "reference": "WY-1024",
    "title": "Hospice care at home",
    "kind": "contract",
    "provider": "Example Hospice",
    "withheld": False,
    "supplier_id": "c2b4b9ff-62a5-5f7e-8a76-0a4c0f4be0d2",
    "organisation": "GB-CHC-1234567",
    "organisation_name": "Example Hospice",
    "start": "2024-04-01",
    "end": "2028-03-31",
    "maximum_end": "2029-03-31",
    "extension_options": [
        {"length": "P1Y", "until": None, "exercise_by": "2026-09-30", "used": True},
        {"length": None, "until": "2029-03-31", "exercise_by": "2027-09-30", "used": False},
    ],
    "ended_on": None,
    "ending": None,
    "end_reason": None,
    "notice_period": None,
    "notice_terms": {
        "buyer_period": "P6M",
        "provider_period": "60WD",
        "buyer_earliest_end": "2025-03-31",
        "provider_earliest_end": "2025-03-31",
        "clear": True,
        "expires_on": "month-end",
        "break_dates": [],
        "deemed_service": [{"channel": "post", "rule": "2WD"}],
        "division": "england-and-wales",
    },
    "route": "lead-provider",
    "members": [
        {
            "name": "Example Carers",
            "share_percent": "12.50",
            "supplier_id": "f6b2f54e-0b2c-5a39-8b41-6a2d6f5f0c11",
            "organisation": "GB-CHC-1234568",
        }
    ],
    "place": "Leeds",
    "duration_rationale": "Three years, and two more as the options allow",
    "awarded_on": "2024-02-14",
    "total_amount": "30000000.00",
    "annual_amount": "7500000.00",
    "by_year": [
        {"financial_year": year, "amount": "7500000.00"}
        for year in ("2024-25", "2025-26", "2026-27", "2027-28")
    ],
    "marks": [],
    "contacts_confirmed_on": "2026-09-01",
    "contacts": [
        {
            "party": "provider",
            "role": "Contract manager",
            "name": "A N Other",
            "channel": "email",
            "address": "contracts@hospice.example",
        }
    ],
    "version": 2,
    "recorded_at": "2026-09-01T09:00:00+00:00",
    "lines": [
        {
            "programme": "End of life",
            "description": "Nursing at home",
            "annual_amount": "7500000.00",
            "recurrent": True,
        }
    ],
    "obligations": [
        {
            "obligation_id": "a3a6ce7d-6b57-5d3a-a1c4-3f1c9a3d8a10",
            "kind": "renewal",
            "due_on": "2027-09-30",
            "stage": "P6M",
            "rule": "6 months before 31 March 2028",
            "send_by": [],
            "state": "acknowledged",
            "raised_at": "2027-09-30T05:00:00Z",
            "acknowledged_by_provider_at": "2027-10-01T09:30:00Z",
            "acknowledged_by_buyer_at": "2027-10-02T09:30:00Z",
            "acknowledgements": [
                {
                    "recipient": "GB-CHC-1234567",
                    "capacity": "provider",
                    "channel": "email",
                    "acknowledged_at": "2027-10-01T09:30:00Z",
                },
                {
                    "recipient": "GB-NHS-QWO",
                    "capacity": "buyer",
                    "channel": "email",
                    "acknowledged_at": "2027-10-02T09:30:00Z",
                },
            ],
            "withdrawn_at": None,
            "withdrawn_reason": None,
            "undelivered": [{"channel": "email", "attempts": 10, "reason": "no such box"}],
        }
    ],
    "notices": [
        {
            "notice_id": "6f1d4b0e-94a3-5c8f-8a70-2f7f3a9b1c5d",
            "kind": "variation",
            "given_by": "buyer",
            "state": "served",
            "changes": ["value"],
            "acts_on": "2028-01-01",
            "served_on": "2027-09-15",
            "last_day": "2027-12-31",
            "days_given": 107,
            "days_needed": 184,
            "in_time": False,
            "last_safe_service": "2027-06-30",
            "rule": "6 months' notice by the agreement must be served by 30 June 2027 to run out by"
            " 31 December 2027: corresponding date rule in clear days, as the agreement says; the"
            " commitment to the third sector (NHS West Yorkshire ICB in Leeds, Annual Position"
            " Statement 2024, 5.4) asks for 6 months, kept if served by 30 June 2027",
            "exception": "mutual-agreement",
            "recorded_at": "2027-09-15T09:30:00Z",
        }
    ],
}

_EXTENDED: dict[str, Any] = {
    "effective_on": "2026-10-01",
    "in_force": True,
    "changes": ["extension"],
    "changed": ["end", "extension_options"],
    "reason": "The first option, as agreed with the provider",
    **{name: EXAMPLE[name] for name in TermsAnswer.model_fields},
}
_REGISTERED: dict[str, Any] = _EXTENDED | {
    "effective_on": None,
    "in_force": False,
    "changes": [],
    "changed": [],
    "reason": None,
    "end": "2027-03-31",
    "extension_options": [each | {"used": False} for each in EXAMPLE["extension_options"]],
    "version": 1,
    "recorded_at": "2024-03-01T09:00:00+00:00",
}
VERSIONS_EXAMPLE: list[dict[str, Any]] = [_REGISTERED, _EXTENDED]
