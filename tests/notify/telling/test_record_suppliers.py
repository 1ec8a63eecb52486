"""A match that is corrected: the organisation that it was not is told nothing more."""

import pytest

from tests.notify.conftest import Desk
from tests.notify.facts import ORGANISATION, registered
from tests.notify.receiver import Receiver

RIGHT = "GB-CHC-1000001"


async def raised(desk: Desk, receiver: Receiver) -> None:
    await desk.match()
    for who, subscriber in (("/wrong", ORGANISATION), ("/right", RIGHT)):
        await desk.subscribe(receiver.url + who, subscriber, event_types=["notice.due.v1"])
    await desk.tell(registered())
    await desk.raise_due()


def told(receiver: Receiver) -> list[tuple[str, str]]:
    return [(one.path.removeprefix("/notices"), one.type) for one in receiver.requests]


@pytest.mark.parametrize("organisation", [RIGHT, None])
async def test_what_waits_for_the_wrong_organisation_is_not_sent(
    desk: Desk, receiver: Receiver, organisation: str | None
) -> None:
    await raised(desk, receiver)
    await desk.match(organisation, revision=2)
    await desk.deliver()
    assert told(receiver) == ([("/right", "notice.due.v1")] if organisation else [])
    assert (await desk.states())[0] == ("cancelled", 0)


@pytest.mark.parametrize("organisation", [RIGHT, None])
async def test_the_wrong_organisation_is_asked_to_disregard_what_it_got(
    desk: Desk, receiver: Receiver, organisation: str | None
) -> None:
    await raised(desk, receiver)
    await desk.deliver()
    await desk.match(organisation, revision=2)
    await desk.deliver()
    assert ("/wrong", "notice.withdrawn.v1") in told(receiver)
    assert (("/right", "notice.due.v1") in told(receiver)) == bool(organisation)
    [message] = [one.event["message"] for one in receiver.requests if "withdrawn" in one.type]
    assert "That message was not for you" in message
    assert "notice.withdrawn.v1" not in await desk.published_types(), "it holds for the others"


async def test_a_recalled_organisation_hears_no_more_and_is_told_anew_if_it_was_right(
    desk: Desk, receiver: Receiver
) -> None:
    await raised(desk, receiver)
    await desk.deliver()
    await desk.match(None, revision=2)
    await desk.match(revision=3)
    await desk.deliver()
    assert [kind for _, kind in told(receiver)] == [
        "notice.due.v1",
        "notice.withdrawn.v1",
        "notice.due.v1",
    ]
    assert len(set(receiver.ids)) == 3
