"""Signed names of messages in return paths."""

from uuid import uuid4

import pytest

from services.notify.channels.return_path import ReturnPaths
from shared.errors import Misconfigured
from tests.notify.mailbox import PATHS

ID = "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10"


def test_a_return_path_names_its_message_in_either_case() -> None:
    path = PATHS.to(ID)
    assert path.endswith("@localpound.example")
    assert len(path.split("@")[0]) <= 64
    assert PATHS.find(path.upper()) == PATHS.find(f"for <{path}>, at 9:00") == ID


def test_what_was_changed_or_signed_by_another_is_not_ours() -> None:
    other = ReturnPaths("bounces@localpound.example", "another key of 32 bytes or more, of theirs")
    mixed = PATHS.token(str(uuid4()))[:26] + PATHS.token(ID)[26:]
    for forged in (other.to(ID), mixed, "bounces@localpound.example", ""):
        assert PATHS.find(forged) is None
    assert PATHS.looks_signed(mixed)
    assert not PATHS.looks_signed("bounces@localpound.example")


def test_a_mailbox_that_takes_no_plus_is_used_as_it_is() -> None:
    address = "the-bounces-of-local-pound@localpound.example"
    assert ReturnPaths(address, "key", plus=False).to(ID) == address


def test_an_address_with_no_room_for_a_name_is_refused_at_the_start() -> None:
    with pytest.raises(Misconfigured, match="20 letters"):
        ReturnPaths("the-bounces-of-local-pound@localpound.example")
