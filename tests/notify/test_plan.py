"""Plans as data."""

import json
from pathlib import Path

import pytest

from services.notify.plan import load_plans
from shared.errors import Misconfigured

DEFAULT = {
    "name": "default",
    "renewal_stages": ["P12M", "P9M", "P6M", "P3M"],
    "policy_notice": "P6M",
    "notice_lead_days": 28,
    "contact": "the officer",
}


def written(folder: Path, *plans: object, edition: int = 1) -> Path:
    path = folder / "plans.json"
    path.write_text(json.dumps({"edition": edition, "plans": plans}))
    return path


def test_the_shipped_plan_promises_six_months() -> None:
    plan = load_plans().of("GB-LAE-LDS")
    assert plan.renewal_stages == ("P12M", "P9M", "P6M", "P3M")
    assert plan.policy_notice == "P6M"


def test_a_buyer_may_have_a_plan_of_its_own(tmp_path: Path) -> None:
    own = DEFAULT | {"name": "Leeds", "buyer": "GB-LAE-LDS", "policy_notice": "P9M"}
    plans = load_plans(written(tmp_path, DEFAULT, own))
    assert plans.of("GB-LAE-LDS").policy_notice == "P9M"
    assert plans.of("GB-LAE-BRD").policy_notice == "P6M"
    assert plans.default.name == "default"
    assert list(plans.own) == ["GB-LAE-LDS"]


@pytest.mark.parametrize(
    ("plans", "says"),
    [
        ([], "without a buyer"),
        ([DEFAULT, DEFAULT], "same buyer"),
        ([DEFAULT | {"renewal_stages": ["P6M", "P6M"]}], "twice"),
        ([DEFAULT | {"edition": 2}], "edition"),
        ([DEFAULT | {"policy_notice": "6 mnths"}], "policy_notice"),
        ([DEFAULT | {"notice_led_days": 3}], "notice_led_days"),
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
