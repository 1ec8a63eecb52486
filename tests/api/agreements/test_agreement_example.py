"""The example of the documents is an agreement that the doors take and answer so."""

import json
from datetime import date
from typing import Any

from services.api.routes.agreements.agreement_answer import TermsAnswer
from services.api.routes.agreements.agreement_example import EXAMPLE, VERSIONS_EXAMPLE
from services.ingest.agreements.agreement_terms import check_terms
from services.notify.notices.notice import Notice, Service
from services.notify.notices.verdict import judge
from services.notify.planning.agreement import apply_all
from services.notify.planning.plan import load_plans
from shared.envelope import read_posted
from shared.events import AgreementPosted, AgreementRegistered, AgreementVaried, PostedTerms
from tests.api.conftest import Model
from tests.api.facts import classified, notice
from tests.notify.facts import CALENDARS
from tests.support.suppliers import supplier_id

_SHOWN_ONLY = {"supplier_id", "organisation", "marks", "version", "recorded_at", "annual_amount"}


def _posted(version: dict[str, Any]) -> PostedTerms:
    """A version as its buyer would have sent it; Rejected where the door would refuse it."""
    said = {name: version[name] for name in TermsAnswer.model_fields if name not in _SHOWN_ONLY}
    said |= {"buyer": EXAMPLE["buyer"], "reference": EXAMPLE["reference"]}
    said["lines"] = [
        {
            **{name: value for name, value in line.items() if name != "annual_amount"},
            "annual_amount_pence": int(line["annual_amount"].replace(".", "")),
        }
        for line in version["lines"]
    ]
    said["total_amount_pence"] = int(said.pop("total_amount").replace(".", ""))
    said["members"] = [
        {name: member[name] for name in ("name", "share_percent")} for member in version["members"]
    ]
    terms = read_posted(AgreementPosted, json.dumps(said).encode())
    check_terms(terms)
    return terms


def _published(version: dict[str, Any]) -> dict[str, Any]:
    terms = _posted(version).model_dump(mode="json")
    members = [member | {"supplier_id": supplier_id(member["name"])} for member in terms["members"]]
    return terms | {
        "members": members,
        "agreement_id": EXAMPLE["agreement_id"],
        "supplier_id": supplier_id(EXAMPLE["provider"]),
        "version": version["version"],
        "recorded_at": version["recorded_at"],
    }


def _of_the_agreement(said: dict[str, Any]) -> dict[str, Any]:
    return said | {name: EXAMPLE[name] for name in ("agreement_id", "buyer")}


def test_the_notice_of_the_example_is_judged_so() -> None:
    [example] = EXAMPLE["notices"]
    told = AgreementRegistered.model_validate(_published(VERSIONS_EXAMPLE[1]), strict=False)
    given = Notice(
        **{name: example[name] for name in ("notice_id", "kind", "given_by")},
        agreement_id=EXAMPLE["agreement_id"],
        buyer=EXAMPLE["buyer"],
        acts_on=date.fromisoformat(example["acts_on"]),
        about_end=told.end,
        changes=tuple(example["changes"]),
        policies=tuple(load_plans().default.policy_notices_of(EXAMPLE["buyer"])),
    )
    served_on = date.fromisoformat(example["served_on"])
    verdict = judge(
        given, Service(served_on=served_on), apply_all(None, [told]), CALENDARS, served_on
    )
    said = verdict.model_dump(mode="json", exclude={"earliest_end"})
    assert said == {name: example[name] for name in said}


async def test_the_example_is_what_is_answered(model: Model) -> None:
    first, extended = VERSIONS_EXAMPLE
    varied = {name: extended[name] for name in ("effective_on", "changes", "reason")}
    provider = EXAMPLE["provider"]
    await model.project(
        classified(provider, organisation=EXAMPLE["organisation"]),
        classified(EXAMPLE["members"][0]["name"], organisation="GB-CHC-1234568"),
        AgreementRegistered.model_validate(_published(first), strict=False),
        AgreementVaried.model_validate(_published(extended) | varied, strict=False),
        notice(1, **_of_the_agreement(EXAMPLE["notices"][0])),
    )
    shown = await model.ask(f"/v1/agreements/{EXAMPLE['agreement_id']}")
    other = {"supplier_id", "members", "organisation_name"}
    other |= {"contacts", "contacts_confirmed_on", "obligations"}
    assert {k: v for k, v in shown.items() if k not in {*other, "versions"}} == {
        k: v for k, v in EXAMPLE.items() if k not in other
    }
    for said, example in zip(shown["versions"], VERSIONS_EXAMPLE, strict=True):
        for name in example.keys() - other:
            assert said[name] == example[name], name
    assert [each["name"] for each in shown["members"]] == [EXAMPLE["members"][0]["name"]]
