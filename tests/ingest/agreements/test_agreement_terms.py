"""Terms that agree with themselves, and what is told of those that do not."""

from typing import Any

import pytest

from services.ingest.agreements.agreement import (
    CONTACTS,
    REGISTERED,
    VARIED,
    supplier_of,
    without_list,
)
from services.ingest.keyed_ids import supplier_id
from shared.errors import Rejected
from tests.ingest.said import CONTACTS_OF_THE_HOSPICE, said, terms

LEAD = {"route": "lead-provider"}
OPTION = {"length": "P1Y", "exercise_by": "2026-09-30"}


def test_a_rich_agreement_is_kept_as_it_was_sent() -> None:
    rich: dict[str, Any] = LEAD | {
        "kind": "grant",
        "end": "2025-03-31",
        "maximum_end": "2027-03-31",
        "extension_options": [
            {"length": "P1Y", "exercise_by": "2024-12-31", "used": False},
            {"until": "2027-03-31", "used": False},
        ],
        "notice_period": None,
        "notice_terms": {
            "buyer_period": "P6M",
            "provider_period": "10WD",
            "clear": True,
            "expires_on": "break-date",
            "break_dates": ["2024-09-30"],
            "deemed_service": [{"channel": "post", "rule": "2WD"}],
            "division": "england-and-wales",
        },
        "members": [{"name": "Beck Street Carers", "share_percent": "12.50"}],
        "duration_rationale": "A pilot until the new service is bought",
        "lines": [
            {"programme": "End of life", "annual_amount_pence": 1, "recurrent": True},
            {"programme": "Other", "annual_amount_pence": 2, "recurrent": False},
        ],
    }
    data = said("1", REGISTERED, terms(**rich)).data
    assert {name: data.get(name) for name in rich if name != "notice_terms"} == {
        name: value for name, value in rich.items() if name != "notice_terms"
    }
    assert data["notice_terms"] == rich["notice_terms"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"end": "2024-03-31"}, "end"),
        ({"maximum_end": "2024-03-31"}, "maximum_end"),
        ({"notice_period": "6 mnths"}, "notice_period"),
        ({"notice_period": "P4Y"}, "notice_period"),
        ({"notice_period": None, "notice_terms": {"buyer_period": "1100WD"}}, "notice_terms"),
        (
            {"notice_period": None, "end": "2024-04-30", "notice_terms": {"buyer_period": "40WD"}},
            "notice_terms.buyer_period",
        ),
        ({"notice_terms": {"buyer_period": "P6M"}}, "notice_period"),
        (
            {"notice_period": None, "notice_terms": {"division": "england"}},
            "notice_terms.division",
        ),
        (
            {
                "notice_period": None,
                "notice_terms": {"expires_on": "break-date", "break_dates": ["2028-03-31"]},
            },
            "notice_terms.break_dates.0",
        ),
        ({"extension_options": [{}]}, "extension_options.0"),
        ({"extension_options": [OPTION | {"until": "2028-03-31"}]}, "extension_options.0"),
        ({"extension_options": [OPTION], "end": None}, "extension_options.0.length"),
        ({"extension_options": [{"until": "2024-04-01"}]}, "extension_options.0.until"),
        (
            {"extension_options": [{"until": "2029-03-31"}], "maximum_end": "2028-03-31"},
            "extension_options.0.until",
        ),
        (
            {"extension_options": [{"until": "2028-03-31", "exercise_by": "2028-04-01"}]},
            "extension_options.0.exercise_by",
        ),
        ({"extension_options": [{"length": "P0M"}]}, "extension_options.0.length"),
        (
            {"extension_options": [{"until": "2029-03-31"}, {"until": "2028-03-31"}]},
            "extension_options.1.until",
        ),
        (
            {
                "maximum_end": "2029-03-31",
                "extension_options": [{"length": "P1Y", "exercise_by": "2050-01-01"}],
            },
            "extension_options.0.exercise_by",
        ),
        ({"notice_period": "P0M"}, "notice_period"),
        (
            {"notice_period": None, "notice_terms": {"provider_period": "P0Y0M0D"}},
            "notice_terms.provider_period",
        ),
        (
            {"notice_period": None, "notice_terms": {"buyer_earliest_end": "2027-04-01"}},
            "notice_terms.buyer_earliest_end",
        ),
        (
            {
                "notice_period": None,
                "notice_terms": {"deemed_service": [{"channel": "psot", "rule": "2WD"}]},
            },
            "notice_terms.deemed_service.0.channel",
        ),
        (
            {
                "notice_period": None,
                "notice_terms": {
                    "expires_on": "break-date",
                    "break_dates": ["2025-09-30", "2026-09-30", "2025-09-30"],
                },
            },
            "notice_terms.break_dates.2",
        ),
        (
            {"lines": [{"programme": "A", "annual_amount_pence": -1}]},
            "lines.0.annual_amount_pence",
        ),
        ({"members": [{"name": "Beck Street Carers"}]}, "members"),
        (
            LEAD
            | {
                "members": [
                    {"name": "A", "share_percent": "60.01"},
                    {"name": "B", "share_percent": "40"},
                ]
            },
            "members",
        ),
        (LEAD | {"members": [{"name": "A", "share_percent": 40}]}, "members.0.share_percent"),
        (LEAD | {"members": [{"name": "A", "share_percent": "101"}]}, "members.0.share_percent"),
        ({"organisation": "GB-LAE-LDS"}, "organisation"),
        ({"organisation": "GB-CHC-9000001", "charity_number": "9000002"}, "organisation"),
        (
            LEAD | {"members": [{"name": "A", "organisation": "GB-NHS-RGD"}]},
            "members.0.organisation",
        ),
        ({"kind": "framework"}, "kind"),
        (
            {"lines": [{"programme": "A", "annual_amount_pence": 1.5}]},
            "lines.0.annual_amount_pence",
        ),
    ],
)
def test_what_contradicts_itself_is_refused_by_the_field(
    changes: dict[str, Any], field: str
) -> None:
    for kind, more in ((REGISTERED, {}), (VARIED, {"effective_on": "2025-04-01"})):
        with pytest.raises(Rejected) as caught:
            said("1", kind, terms(**changes) | more)
        assert caught.value.field.startswith(field)
        assert caught.value.reason


@pytest.mark.parametrize(
    ("org_id", "number"),
    [
        ("GB-CHC-9000001", "charity_number"),
        ("GB-SC-SC099999", "charity_number"),
        ("GB-COH-99000101", "company_number"),
        ("GB-MPR-99999R", "company_number"),
    ],
)
def test_a_provider_may_be_named_by_org_id(org_id: str, number: str) -> None:
    by_org_id = said("1", REGISTERED, terms(organisation=org_id))
    assert by_org_id.data == said("1", REGISTERED, terms(**{number: org_id})).data
    numbers = (org_id, None) if number == "charity_number" else (None, org_id)
    assert supplier_of(by_org_id.data) == supplier_id("St Example's Hospice", *numbers)


def test_notice_may_be_as_long_as_the_agreement_and_not_longer() -> None:
    half_a_year = {"end": "2024-09-30"}
    assert said("1", REGISTERED, terms(notice_period="P6M", **half_a_year))
    with pytest.raises(Rejected, match="notice_period is longer than the agreement"):
        said("1", REGISTERED, terms(notice_period="P6M1D", **half_a_year))
    # 131 days from Monday to Friday; bank holidays differ by division, and are left out.
    working_days = [
        terms(notice_period=None, notice_terms={"buyer_period": f"{n}WD"}, **half_a_year)
        for n in (131, 132)
    ]
    assert said("1", REGISTERED, working_days[0])
    with pytest.raises(Rejected, match="buyer_period is longer than the agreement"):
        said("1", REGISTERED, working_days[1])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (
            {"maximum_end": "2028-03-31", "extension_options": [{"length": "P1Y"}] * 2},
            "extension_options.1.length",
        ),
        ({"extension_options": [{"until": "2027-03-31"}]}, "extension_options.0.until"),
    ],
)
def test_the_options_of_a_registration_begin_at_its_end(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Rejected) as caught:
        said("1", REGISTERED, terms(**changes))
    assert caught.value.field.endswith(field)
    # In a variation the extension that they allowed may have been made already.
    assert said("1", VARIED, terms(**changes) | {"effective_on": "2025-04-01"})


def test_options_may_reach_the_maximum_by_month_ends_and_start_with_one_that_is_used() -> None:
    half_years = {
        "end": "2026-09-30",
        "maximum_end": "2027-09-30",
        "extension_options": [{"length": "P6M"}, {"length": "P6M"}],
    }
    assert said("1", REGISTERED, terms(**half_years))
    used = {
        "maximum_end": "2028-03-31",
        "extension_options": [{"length": "P1Y", "used": True}, {"length": "P1Y"}],
    }
    assert said("1", REGISTERED, terms(**used))


def test_a_variation_does_not_begin_after_its_own_end() -> None:
    with pytest.raises(Rejected) as caught:
        said("1", VARIED, terms() | {"effective_on": "2027-04-01"})
    assert caught.value.field == "effective_on"
    assert said("1", VARIED, terms() | {"effective_on": "2027-03-31"})


def test_an_end_after_the_maximum_is_what_happened_and_is_kept() -> None:
    beyond = terms(end="2028-03-31", maximum_end="2027-03-31")
    assert said("1", REGISTERED, beyond).data["end"] == "2028-03-31"


def test_contacts_have_a_party_a_role_a_channel_and_the_day_they_were_confirmed() -> None:
    kept = said("1", CONTACTS, CONTACTS_OF_THE_HOSPICE).data
    assert without_list(kept).keys() == {"buyer", "reference", "confirmed_on", "digest"}
    assert CONTACTS_OF_THE_HOSPICE.items() <= kept.items()
    for spoilt, field in (
        (CONTACTS_OF_THE_HOSPICE | {"confirmed_on": "last week"}, "confirmed_on"),
        (
            CONTACTS_OF_THE_HOSPICE
            | {"contacts": [CONTACTS_OF_THE_HOSPICE["contacts"][0] | {"channel": "pigeon"}]},
            "contacts.0.channel",
        ),
    ):
        with pytest.raises(Rejected) as caught:
            said("1", CONTACTS, spoilt)
        assert caught.value.field == field
        assert "Moss" not in caught.value.reason


def test_no_reason_repeats_what_was_written_freely() -> None:
    secret = "J SMITH 4 BECK ST"
    for kind, changes in (
        (REGISTERED, {"reference": secret, "kind": secret}),
        (VARIED, {"reference": secret, "effective_on": secret}),
        (REGISTERED, {"organisation": "GB-LAE-LDS", "provider": secret}),
    ):
        with pytest.raises(Rejected) as caught:
            said("1", kind, terms(**changes))
        assert "SMITH" not in caught.value.reason


def test_a_line_says_its_yearly_amount_in_pence_or_in_pounds_as_a_payment_does() -> None:
    lines = [
        {"programme": "End of life", "annual_amount": "75,000.00"},
        {"programme": "Other", "annual_amount_pence": 250},
    ]
    kept = said("1", REGISTERED, terms(lines=lines)).data["lines"]
    assert kept == [
        {"programme": "End of life", "annual_amount_pence": 7_500_000, "recurrent": True},
        {"programme": "Other", "annual_amount_pence": 250, "recurrent": True},
    ]


@pytest.mark.parametrize(
    ("amounts", "sentence"),
    [
        ({}, "exactly one of annual_amount and annual_amount_pence is expected"),
        ({"annual_amount": "1.00", "annual_amount_pence": 100}, "exactly one of annual_amount"),
        ({"annual_amount": "75k"}, "annual_amount is not an amount of pounds such as 1234.56"),
        ({"annual_amount": 75000.0}, "lines.0.annual_amount"),
    ],
)
def test_a_line_without_one_amount_is_told_what_is_expected(
    amounts: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Rejected, match="annual_amount") as refused:
        said("1", REGISTERED, terms(lines=[{"programme": "A", **amounts}]))
    assert sentence in refused.value.reason
