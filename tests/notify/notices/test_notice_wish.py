"""What an officer may say of a notice, and by which field it is refused."""

import json
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.notify.notices.notice_wish import NoticeWish, check_service, draft
from shared.envelope import explain
from shared.errors import Rejected
from tests.notify.facts import TODAY, agreement

BREACH = {"ground": "breach", "could_lead_to": "harm", "evidence": "inspection of 4 November"}
ENDS: dict[str, Any] = {"kind": "termination", "ends_on": "2027-03-31", "served_on": "2026-11-23"}


def said(**wish: Any) -> NoticeWish:
    try:
        return NoticeWish.model_validate_json(json.dumps(wish))
    except ValidationError as error:
        raise explain(error) from error


@pytest.mark.parametrize(
    ("exception", "field"),
    [
        ({"ground": "mutual-agreement", "acknowledged_by": "the chair"}, "acknowledged_on"),
        ({"ground": "breach", "could_lead_to": "harm"}, "evidence"),
        ({"ground": "breach", "could_lead_to": "delay", "evidence": "x"}, "could_lead_to"),
        ({"ground": "instruction", "instructed_by": "NHS England"}, "reference"),
        ({"ground": "money"}, "exception"),
    ],
)
def test_an_exception_without_its_evidence_is_none(exception: dict[str, str], field: str) -> None:
    with pytest.raises(Rejected) as refused:
        said(**ENDS, exception=exception)
    assert field in refused.value.field


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"kind": "termination"}, "needs ends_on"),
        ({"kind": "variation", "takes_effect_on": "2026-12-01"}, "changes"),
        ({"kind": "non-renewal", "until": "2028-03-31"}, "until does not belong"),
        (ENDS | {"changes": ["value"]}, "changes"),
        (ENDS | {"sent": "2026-11-20", "channel": "post"}, "not both"),
        ({"kind": "renewal", "sent": "2026-11-20"}, "belong together"),
        ({"kind": "renewal", "given_by": "provider"}, "for the buyer to give"),
    ],
)
def test_what_contradicts_itself_is_refused(wish: dict[str, Any], says: str) -> None:
    with pytest.raises(Rejected, match=says):
        said(**wish)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "termination", "ends_on": "2027-04-01"}, "ends_on"),
        ({"kind": "termination", "ends_on": "2024-03-31"}, "ends_on"),
        (
            {"kind": "variation", "takes_effect_on": "2027-04-01", "changes": ["value"]},
            "takes_effect_on",
        ),
        ({"kind": "extension", "until": "2027-03-31"}, "until"),
        (ENDS | {"served_on": "2026-11-24"}, "served_on"),
        ({"kind": "renewal", "sent": "2026-11-24", "channel": "post"}, "sent"),
        ({"kind": "renewal", "sent": "2026-11-20", "channel": "post"}, "channel"),
        (ENDS | {"given_by": "provider", "exception": BREACH}, "exception.ground"),
    ],
)
def test_what_contradicts_the_agreement_is_refused_by_its_field(
    wish: dict[str, Any], field: str
) -> None:
    asked, known = said(**wish), agreement()
    with pytest.raises(Rejected) as refused:
        check_service(asked, draft(asked, "1", known, ()), known, TODAY)
    assert refused.value.field == field


def test_only_an_end_that_is_recorded_can_lapse_be_renewed_or_extended() -> None:
    open_ended = agreement(end=None)
    with pytest.raises(Rejected, match="no end is recorded"):
        draft(said(kind="non-renewal"), "1", open_ended, ())
    assert draft(said(**ENDS), "1", open_ended, ()).acts_on == date(2027, 3, 31)
