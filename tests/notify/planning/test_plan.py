"""Plans as data."""

import json
from pathlib import Path

import pytest

from services.notify.planning.plan import load_plans
from shared.errors import Misconfigured

DEFAULT = {
    "name": "default",
    "renewal_stages": ["P12M", "P9M", "P6M", "P3M"],
    "policy_notices": [{"name": "the policy", "period": "P6M"}],
    "notice_lead_days": 28,
    "contact": "the officer",
}


def written(folder: Path, *plans: object, edition: int = 1) -> Path:
    path = folder / "plans.json"
    path.write_text(json.dumps({"edition": edition, "plans": plans}))
    return path


def test_the_shipped_plan_promises_six_months() -> None:
    plan = load_plans().of("GB-LAE-LDS")
    assert plan.renewal_stages == ("P18M", "P12M", "P9M", "P6M", "P3M")
    assert plan.service_stages == plan.renewal_stages
    assert [one.period for one in plan.policy_notices_of("GB-NHS-X2C4Y")] == ["P6M"]


def test_best_value_binds_councils_beside_the_policy() -> None:
    """Three months at the least before a council reduces or ends what it pays."""
    of_council = load_plans().default.policy_notices_of("GB-LAE-LDS")
    assert [(one.name, one.period) for one in of_council] == [
        ("the commitment to the third sector", "P6M"),
        ("the Best Value guidance for councils", "P3M"),
    ]


def test_a_buyer_may_have_a_plan_of_its_own(tmp_path: Path) -> None:
    own = DEFAULT | {"name": "Leeds", "buyer": "GB-LAE-LDS", "policy_notices": []}
    own |= {"buyer_name": "Leeds City Council"}
    plans = load_plans(written(tmp_path, DEFAULT, own))
    assert plans.of("GB-LAE-LDS").policy_notices == ()
    assert [one.period for one in plans.of("GB-LAE-BRD").policy_notices] == ["P6M"]
    assert plans.default.name == "default"
    assert plans.of("GB-LAE-LDS").called("GB-LAE-LDS") == "Leeds City Council"
    assert plans.of("GB-LAE-BRD").called("GB-LAE-BRD") == "GB-LAE-BRD"
    assert list(plans.own) == ["GB-LAE-LDS"]


@pytest.mark.parametrize(
    ("plans", "says"),
    [
        ([], "without a buyer"),
        ([DEFAULT, DEFAULT], "same buyer"),
        ([DEFAULT | {"renewal_stages": ["P6M", "P6M"]}], "twice"),
        ([DEFAULT | {"edition": 2}], "edition"),
        ([DEFAULT | {"policy_notices": [{"name": "P", "period": "6 mnths"}]}], "policy_notices"),
        ([DEFAULT | {"notice_led_days": 3}], "notice_led_days"),
        ([DEFAULT | {"buyer_name": "Leeds City Council"}], "name it as buyer"),
    ],
)
def test_a_plan_that_can_not_be_used_is_named(
    tmp_path: Path, plans: list[object], says: str
) -> None:
    with pytest.raises(Misconfigured, match=says):
        load_plans(written(tmp_path, *plans))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="can't be read"):
        load_plans(tmp_path / "none.json")


def test_an_edition_counts_from_one_and_says_the_same_whatever_the_order(tmp_path: Path) -> None:
    own = DEFAULT | {"buyer": "GB-LAE-LDS"}
    one = load_plans(written(tmp_path, DEFAULT, own, edition=3))
    assert one.edition == 3
    assert one.content == load_plans(written(tmp_path, own, DEFAULT, edition=3)).content
    with pytest.raises(Misconfigured, match="edition"):
        load_plans(written(tmp_path, DEFAULT, edition=0))
