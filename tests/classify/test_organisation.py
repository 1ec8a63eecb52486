"""What several registers say of one organisation, brought together."""

from datetime import date
from typing import Any

from services.classify.organisation import Organisation, combine


def said(register: str, **fields: Any) -> Organisation:
    row = Organisation(register, "GB-MPR-1R", "GB-MPR-1R", "Beck", register, "registered society")
    return row._replace(**fields)


SINCE, GONE = date(1990, 4, 1), date(2011, 3, 2)


def test_the_newest_register_says_whether_it_stands() -> None:
    newest = said("new", registered_on=SINCE)
    assert not combine([newest, said("old", removed_on=GONE)]).removed


def test_a_list_without_any_day_does_not_say_that_it_stands() -> None:
    found = combine([said("links"), said("old", registered_on=SINCE, removed_on=GONE)])
    assert (found.registered_on, found.removed_on) == (SINCE, GONE)


def test_a_day_of_removal_is_known_from_an_older_register() -> None:
    newest = said("new", removed_by=date(2026, 1, 1), removed_why="no longer listed")
    found = combine([newest, said("old", removed_on=GONE)])
    assert (found.removed_on, found.removed_why) == (GONE, "no longer listed")


def test_the_kind_of_a_society_is_known_from_any_register() -> None:
    older = said("old", legal_form="community benefit society")
    assert combine([said("new"), older]).legal_form == "community benefit society"
    assert combine([said("new"), said("old", legal_form="other")]).legal_form == (
        "registered society"
    )


def test_what_the_newest_leaves_out_is_filled() -> None:
    older = said("old", income=0, address="1 Row", areas=("Beck",), postcode="LS1 4AB")
    found = combine([said("new", postcode="LS2 1AA"), older])
    assert (found.income, found.address, found.areas) == (0, "1 Row", ("Beck",))
    assert found.postcode == "LS2 1AA"
