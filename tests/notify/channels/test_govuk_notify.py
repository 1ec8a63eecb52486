"""GOV.UK Notify by its own client, against its API as documented, from hand-in to what became."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import SecretStr, ValidationError

from deploy.local.addresses import Addresses
from services.notify.channels.govuk_notify import Account, GovukNotifyChannel
from services.notify.deliveries.follow_sent import Follower
from services.notify.deliveries.replay import ReplayWish
from services.notify.deliveries.replay_notifications import replay_notifications
from services.notify.queries.replays import list_replays
from services.notify.settings import Settings
from services.notify.wire_channels import govuk_notify_channel
from services.notify.wording.message import Message
from shared.access import ANYONE
from shared.database import begin
from shared.errors import Misconfigured
from tests.notify.conftest import SCHEDULE, Desk
from tests.notify.facts import BUYER, DAILY, FAR, NOW, TUESDAY, registered, varied
from tests.notify.govuk import KEY, SECRET, TEMPLATE, GovukNotify, fault
from tests.notify.receiver import listening

MESSAGE = Message("Serve notice by 30 September 2026", "Plain — words\n", "<p>Plain — words</p>\n")
ID = "0c1f7f5e-7c1b-5a55-8e5e-2b6f3d1c9a10"
TO = "office@provider.example"
ACCOUNT = Account(SecretStr(KEY), TEMPLATE)


@pytest.fixture
async def govuk(stack: Addresses) -> AsyncIterator[GovukNotify]:
    service = GovukNotify()
    async with listening(service.app()) as port:
        service.url = f"http://127.0.0.1:{port}"
        yield service


@pytest.fixture
async def channel(govuk: GovukNotify) -> AsyncIterator[GovukNotifyChannel]:
    made = GovukNotifyChannel(ACCOUNT, {}, govuk.url, total_seconds=2, threads=4)
    yield made
    await made.close()


async def test_a_message_is_handed_in_under_its_own_reference(
    govuk: GovukNotify, channel: GovukNotifyChannel
) -> None:
    outcome = await channel.send(TO, ID, MESSAGE, BUYER, again=False)
    [taken] = govuk.taken
    assert taken["email_address"] == TO
    assert taken["reference"] == ID
    assert taken["personalisation"] == {"subject": MESSAGE.subject, "body": MESSAGE.text}
    assert (outcome.kind, outcome.provider_id) == ("sent", taken["id"])


async def test_an_attempt_whose_answer_was_lost_is_not_made_twice(
    govuk: GovukNotify, channel: GovukNotifyChannel
) -> None:
    govuk.lose_answer = True
    assert (await channel.send(TO, ID, MESSAGE, BUYER, again=False)).kind == "retry"
    govuk.lose_answer = False
    again = await channel.send(TO, ID, MESSAGE, BUYER, again=True)
    assert (again.kind, again.provider_id) == ("sent", govuk.taken[0]["id"])
    assert len(govuk.taken) == 1


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (fault(429, "RateLimitError", "Exceeded rate limit for key type LIVE"), "retry"),
        (fault(429, "TooManyRequestsError", "Exceeded send limits (50) for today"), "retry"),
        (fault(500, "Exception", "Internal server error"), "retry"),
        (fault(503, "Exception", "Not now"), "retry"),
        (fault(400, "ValidationError", "email_address Not a valid email address"), "failed"),
    ],
)
async def test_what_is_tried_again_and_what_is_not(
    govuk: GovukNotify, channel: GovukNotifyChannel, refusal: JSONResponse, kind: str
) -> None:
    govuk.refusal = refusal
    outcome = await channel.send(TO, ID, MESSAGE, BUYER, again=False)
    assert (outcome.kind, outcome.status) == (kind, refusal.status_code)
    assert "GOV.UK Notify: " in outcome.detail


@pytest.mark.parametrize(
    "refusal",
    [
        fault(400, "BadRequestError", "Can't send to this recipient using a team-only API key"),
        fault(400, "BadRequestError", "Missing personalisation: body"),
        fault(403, "AuthError", "Invalid token: API key not found"),
        RedirectResponse("https://elsewhere.example/"),
    ],
)
async def test_what_our_account_is_at_fault_for_is_no_failure_of_the_recipient(
    govuk: GovukNotify, channel: GovukNotifyChannel, refusal: JSONResponse
) -> None:
    govuk.refusal = refusal
    with pytest.raises(Misconfigured, match=rf"GOV.* for {BUYER}"):
        await channel.send(TO, ID, MESSAGE, BUYER, again=False)


async def test_each_buyer_has_its_own_account(govuk: GovukNotify) -> None:
    accounts = {"GB-LAE-BRD": Account(SecretStr(KEY.replace(SECRET, ID)), TEMPLATE)}
    channel = GovukNotifyChannel(ACCOUNT, accounts, govuk.url, total_seconds=2, threads=1)
    assert (await channel.send(TO, ID, MESSAGE, BUYER, again=False)).kind == "sent"
    with pytest.raises(Misconfigured, match="refuses the API key for GB-LAE-BRD"):
        await channel.send(TO, ID, MESSAGE, "GB-LAE-BRD", again=False)
    await channel.close()
    alone = GovukNotifyChannel(None, accounts, govuk.url, total_seconds=2, threads=1)
    with pytest.raises(Misconfigured, match=f"not set up for {BUYER}"):
        await alone.send(TO, ID, MESSAGE, BUYER, again=False)


async def test_one_that_is_away_is_tried_again(stack: Addresses) -> None:
    channel = GovukNotifyChannel(ACCOUNT, {}, "http://127.0.0.1:1", total_seconds=2, threads=1)
    outcome = await channel.send(TO, ID, MESSAGE, BUYER, again=False)
    assert (outcome.kind, outcome.status) == ("retry", None)
    assert (await channel.ask(ID, BUYER)).kind == "waiting"
    await channel.close()


@pytest.fixture
async def sent(desk: Desk, channel: GovukNotifyChannel, govuk: GovukNotify) -> Desk:
    """A desk whose one message was handed in."""
    await desk.match()
    await desk.subscribe(TO, channel="govuk-notify", event_types=["notice.due.v1"])
    await desk.tell(registered())
    await desk.raise_due()
    desk.govuk_notify = channel
    await desk.deliver()
    assert await desk.states() == [("sent", 1)]
    return desk


async def follow(desk: Desk, times: int = 1) -> None:
    """Ask as a process does that was started anew each time, a day later."""
    assert desk.govuk_notify is not None
    for _ in range(times):
        desk.now += timedelta(days=1)
        lease = timedelta(seconds=60)
        args = (desk.engine, desk.govuk_notify, SCHEDULE, lease, desk.clock)
        assert await Follower(*args, at_most=5, idle_seconds=1).run_once() == 1


async def test_a_message_is_followed_until_it_arrived(sent: Desk, govuk: GovukNotify) -> None:
    govuk.states = ["created", "sending", "sending", "delivered"]
    await follow(sent, 4)
    assert await sent.states() == [("delivered", 1)]
    heard = await sent.rows("select report, outcome, detail from deliveries order by report")
    assert [tuple(row) for row in heard] == [
        (0, "sent", "GOV.UK Notify took it"),
        (1, "waiting", "GOV.UK Notify says created: not known yet"),
        (2, "waiting", "GOV.UK Notify says sending: not known yet"),
        (3, "delivered", "GOV.UK Notify says delivered: it arrived"),
    ]


async def test_a_mailbox_that_does_not_exist_ends_its_subscription(
    sent: Desk, govuk: GovukNotify
) -> None:
    govuk.states = ["permanent-failure"]
    await follow(sent)
    assert await sent.states() == [("failed", 1)]
    [(active, reason)] = await sent.rows("select active, inactive_reason from subscriptions")
    assert not active
    assert "permanent-failure: there is no such mailbox" in reason
    failed = (await sent.published())[-1]
    assert (failed.type, failed.data["channel"]) == ("delivery.failed.v1", "govuk-notify")


@pytest.mark.parametrize("state", ["temporary-failure", "technical-failure"])
async def test_what_failed_for_now_is_handed_in_again(
    sent: Desk, govuk: GovukNotify, state: str
) -> None:
    govuk.states = [state]
    await follow(sent)
    assert await sent.states() == [("pending", 1)]
    sent.now += timedelta(minutes=1)
    await sent.deliver()
    assert await sent.states() == [("sent", 2)]
    assert len(govuk.taken) == 2


async def test_who_asks_too_often_or_with_another_key_learns_nothing_and_asks_again(
    sent: Desk, govuk: GovukNotify
) -> None:
    for refusal, said in [
        (fault(429, "RateLimitError", "Exceeded rate limit"), "Exceeded rate limit"),
        (fault(403, "AuthError", "Invalid token: API key not found"), "refuses the API key"),
    ]:
        govuk.refusal = refusal
        await follow(sent)
        assert await sent.states() == [("sent", 1)]
        [(detail,)] = await sent.rows("select detail from deliveries order by report desc limit 1")
        assert said in detail
    govuk.refusal = None
    govuk.taken.clear()
    await follow(sent)
    assert await sent.states() == [("pending", 1)], "Notify forgot it: it is handed in again"


@pytest.fixture
async def digest(desk: Desk, channel: GovukNotifyChannel, govuk: GovukNotify) -> Desk:
    """A desk whose digest of two messages was handed in."""
    await desk.match()
    desk.now += timedelta(minutes=1)
    await desk.subscribe(TO, channel="govuk-notify", **DAILY)
    await desk.tell(registered("LCC/1", **FAR), registered("LCC/2", **FAR))
    await desk.raise_due()
    desk.now = TUESDAY
    desk.govuk_notify = channel
    await desk.deliver()
    assert await desk.states() == [("sent", 1)] * 3
    return desk


@pytest.mark.parametrize(
    ("state", "carried", "itself", "given_up"),
    [
        ("sending", "sent", "sent", 0),
        ("delivered", "delivered", "delivered", 0),
        ("temporary-failure", "bundled", "pending", 0),
        ("permanent-failure", "failed", "failed", 2),
    ],
)
async def test_what_a_digest_carries_comes_to_what_becomes_of_the_digest(
    digest: Desk, govuk: GovukNotify, state: str, carried: str, itself: str, given_up: int
) -> None:
    assert "/unsubscribe?token=" in govuk.taken[0]["one_click_unsubscribe_url"]
    govuk.states = [state]
    await follow(digest)
    assert await digest.states() == [(carried, 1)] * 2 + [(itself, 1)]
    assert (await digest.published_types()).count("delivery.failed.v1") == given_up


async def test_a_digest_is_handed_in_again_without_what_was_withdrawn(
    digest: Desk, govuk: GovukNotify
) -> None:
    await digest.tell(varied("LCC/1", start=FAR["start"], end=date(2029, 3, 31)))
    govuk.states = ["temporary-failure"]
    await follow(digest)
    *carried, itself = (await digest.states())[:3]
    assert (sorted(carried), itself) == ([("bundled", 1), ("failed", 1)], ("pending", 1))
    digest.now += timedelta(minutes=1)
    await digest.deliverer().run_once()
    *carried, itself = (await digest.states())[:3]
    assert (sorted(carried), itself) == ([("failed", 1), ("sent", 2)], ("sent", 2))
    reference = govuk.taken[0]["reference"]
    first, again = (one for one in govuk.taken if one["reference"] == reference)
    assert "LCC/1" in first["personalisation"]["body"]
    assert "LCC/1" not in again["personalisation"]["body"]


async def test_what_was_withdrawn_since_it_was_sent_is_not_handed_in_again(
    sent: Desk, govuk: GovukNotify
) -> None:
    await sent.tell(varied(end=date(2029, 3, 31)))
    govuk.states = ["temporary-failure"]
    await follow(sent)
    assert (await sent.states())[0] == ("failed", 1)


async def test_what_is_sent_can_be_replayed_and_counts_until_it_arrived(
    sent: Desk, govuk: GovukNotify
) -> None:
    [(key,)] = await sent.rows("select subscription_id::text from subscriptions")
    wish = ReplayWish(since=NOW)
    queued, _ = await replay_notifications(sent.engine, key, wish, 0, ANYONE, sent.now)
    assert queued.queued == 1
    await sent.deliver()
    async with begin(sent.engine) as tx:
        [seen] = await list_replays(tx, key, 1)
    assert (seen.waiting, seen.sent, seen.delivered) == (0, 1, 0)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("LOCALPOUND_NOTIFY_GOVUK_NOTIFY_TEMPLATE", TEMPLATE)
    return monkeypatch


def test_accounts_are_read_from_settings(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("LOCALPOUND_NOTIFY_GOVUK_NOTIFY_API_KEY", KEY)
    settings.setenv(
        "LOCALPOUND_NOTIFY_GOVUK_NOTIFY_BUYERS",
        f'{{"{BUYER}": {{"api_key": "theirs-{KEY}", "template": "{TEMPLATE}"}}}}',
    )
    made = govuk_notify_channel(Settings())
    assert made is not None
    assert made._account("GB-LAE-BRD") == ACCOUNT
    assert made._account(BUYER).api_key.get_secret_value() == f"theirs-{KEY}"
    assert KEY not in repr(Settings())


@pytest.mark.parametrize("key", [SECRET, f"{SECRET}-{SECRET}", KEY[:-1], f"{KEY} "])
def test_a_key_that_is_not_whole_is_refused_at_the_start(
    settings: pytest.MonkeyPatch, key: str
) -> None:
    settings.setenv("LOCALPOUND_NOTIFY_GOVUK_NOTIFY_API_KEY", key)
    with pytest.raises(ValidationError, match="not an API key of GOV") as error:
        Settings()
    assert SECRET not in str(error.value)
