"""Bounces recorded on their notifications: by the door, and as a mail server pipes them."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from mailbox import Maildir, mbox
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from deploy.local.addresses import Addresses
from services.notify.__main__ import cli
from services.notify.bounces.record_bounce import Recorded, record_bounce
from services.notify.channels.return_path import ReturnPaths
from services.notify.channels.smtp import SmtpRelay
from shared.access import ANYONE, Caller, Refused
from shared.errors import NotKnown
from tests.notify.conftest import SCHEDULE, Desk
from tests.notify.dsn import bounce
from tests.notify.facts import BUYER, ORGANISATION, registered
from tests.notify.mailbox import PATHS, Mailbox, email_channel
from tests.notify.receiver import Receiver

TO = "nobody@provider.example"
DEEP = "Content-Type: message/rfc822\n\n" * 5000
"""Mails within mails, more than the stack can hold."""


@dataclass
class Post:
    """A notice that went to a mailbox by email, and what mail servers say of it."""

    desk: Desk
    mailbox: Mailbox
    notification_id: str

    @property
    def token(self) -> str:
        return PATHS.token(self.notification_id)

    async def hear(self, raw: bytes, caller: Caller = ANYONE, recipient: str = "") -> Recorded:
        now = self.desk.now
        return await record_bounce(self.desk.engine, raw, recipient, caller, PATHS, SCHEDULE, now)

    async def state(self) -> str:
        [(state,)] = await self.desk.rows(
            "select state from notifications where notification_id = :key",
            key=self.notification_id,
        )
        return str(state)

    async def subscriptions(self) -> list[tuple[str, bool, str | None]]:
        rows = await self.desk.rows(
            "select address, active, inactive_reason from subscriptions order by seq"
        )
        return [tuple(row) for row in rows]


@pytest.fixture
async def post(desk: Desk, mailbox: Mailbox, relay: SmtpRelay, receiver: Receiver) -> Post:
    await desk.match()
    await desk.subscribe(TO, channel="email", event_types=["notice.due.v1"])
    await desk.subscribe(
        TO.replace("n", "N"), BUYER, channel="email", event_types=["notice.due.v1"]
    )
    await desk.subscribe(receiver.url, event_types=["notice.due.v1"])
    await desk.tell(registered())
    await desk.raise_due()
    desk.email = email_channel(relay)
    await desk.deliver()
    await desk.email.close()
    [(key,)] = await desk.rows(
        "select notification_id::text from notifications n join subscriptions s"
        " using (subscription_id) where s.address = :to and s.subscriber = :who",
        to=TO,
        who=ORGANISATION,
    )
    return Post(desk, mailbox, key)


async def test_a_mailbox_that_is_gone_ends_its_subscriptions_with_the_reason(post: Post) -> None:
    recorded = await post.hear(bounce(post.token))
    assert recorded[:3] == (post.notification_id, "gone", "5.1.1")
    assert await post.state() == "failed"
    assert sorted(await post.desk.states()) == [
        ("delivered", 1),
        ("delivered", 1),
        ("failed", 1),
        ("pending", 0),  # that it is switched off, by the webhook
    ]
    provider, buyer, webhook = await post.subscriptions()
    assert webhook[1], "what is not of that mailbox goes on"
    for address, active, reason in (provider, buyer):
        assert (address.lower(), active) == (TO, False)
        assert reason is not None
        assert reason.startswith("mail to this address came back on 23 November 2026: ")
        assert "no such mailbox" in reason
    off = [one for one in await post.desk.published() if one.type == "subscription.switched-off.v1"]
    assert [one.data["because"] for one in off] == ["bounced", "bounced"]
    [failed] = [one for one in await post.desk.published() if one.type == "delivery.failed.v1"]
    assert failed.data["notification_id"] == post.notification_id
    assert "5.1.1" in failed.data["reason"]
    assert "@" not in failed.data["reason"], "no mailbox has a place on a topic kept for ever"
    [attempt, heard] = await post.desk.rows(
        "select report, outcome, response from deliveries where notification_id = :key"
        " order by report",
        key=post.notification_id,
    )
    assert tuple(attempt)[:2] == (0, "delivered")
    assert tuple(heard)[:2] == (1, "gone")
    assert "Final-Recipient: rfc822; (the address)" in heard[2]
    assert "nobody@" not in heard[2]


async def test_a_bounce_that_comes_after_its_contact_was_erased_brings_no_mailbox_back(
    post: Post,
) -> None:
    await post.desk.rows_written("update subscriptions set active = false, address = ''")
    bounced = bounce(post.token, diagnostic="smtp; 550 5.1.1 nobody at provider: no such mailbox")
    await post.hear(bounced)
    kept = await post.desk.rows(
        "select outcome, detail, response from deliveries where report > 0"
        " and notification_id = :key",
        key=post.notification_id,
    )
    assert kept == [("gone", "", "")]


async def test_a_bounce_counts_once_also_where_its_address_is_taken_up_again(post: Post) -> None:
    assert (await post.hear(bounce(post.token))).new
    await post.desk.subscribe(TO, channel="email", event_types=["notice.due.v1"])
    assert not (await post.hear(b"Received: by mx\r\n" + bounce(post.token))).new
    assert (await post.subscriptions())[0][1]
    assert (await post.desk.published_types()).count("delivery.failed.v1") == 1


@pytest.mark.parametrize(
    ("action", "status", "state", "active"),
    [
        ("delayed", "4.4.1", "delivered", True),
        ("delivered", "2.0.0", "delivered", True),
        ("failed", "5.7.1", "failed", True),
    ],
)
async def test_what_else_mail_servers_say(
    post: Post, action: str, status: str, state: str, active: bool
) -> None:
    await post.hear(bounce(post.token, action, status))
    assert await post.state() == state
    assert (await post.subscriptions())[0][1] == active


async def test_mail_that_was_given_up_for_now_is_sent_again_by_the_schedule(post: Post) -> None:
    await post.hear(bounce(post.token, "failed", "4.4.7"))
    [(state, tries, at)] = await post.desk.rows(
        "select state, tries, next_attempt_at from notifications where notification_id = :key",
        key=post.notification_id,
    )
    assert (state, tries) == ("pending", 1)
    assert timedelta(seconds=4) < at - post.desk.now < timedelta(seconds=6)


async def test_a_bounce_of_what_was_acknowledged_does_not_undo_that(post: Post) -> None:
    async with post.desk.engine.begin() as tx:
        await tx.execute(text("update notifications set acknowledged_at = now()"))
    await post.hear(bounce(post.token))
    assert "delivery.failed.v1" not in await post.desk.published_types()


async def test_a_forged_bounce_changes_nothing(post: Post) -> None:
    other = ReturnPaths("bounces@localpound.example", "another key of 32 bytes or more, of theirs")
    with pytest.raises(Refused, match="signed by somebody else"):
        await post.hear(bounce(other.token(post.notification_id)))
    with pytest.raises(Refused, match="no message of ours"):
        await post.hear(bounce(post.notification_id))
    with pytest.raises(NotKnown):
        await post.hear(bounce(PATHS.token(str(uuid4()))))
    with pytest.raises(Refused, match="other buyers"):
        await post.hear(bounce(post.token), Caller(buyers=frozenset({"GB-LAE-BRD"})))
    assert await post.state() == "delivered"


async def test_bounces_are_read_from_pipes_files_and_folders(
    post: Post,
    stack: Addresses,
    prefix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, another = bounce(post.token, "delayed", "4.4.1"), bounce(post.token)
    box = mbox(tmp_path / "mbox")
    box.add(one)
    box.add(b"Subject: Out of office\n\nBack on Monday\n")
    box.add(f"To: {post.token}\n{DEEP}".encode())
    box.add(one)
    box.close()
    folder = Maildir(tmp_path / "folder")
    folder.add(one)
    (tmp_path / "mail").write_bytes(another)
    monkeypatch.setenv("LOCALPOUND_DATABASE", stack.database)
    monkeypatch.setenv("LOCALPOUND_DATABASE_SCHEMA", f"{prefix}_notify")
    monkeypatch.setenv("LOCALPOUND_NOTIFY_LINK_KEY", "a key of the tests, 32 bytes or more")
    monkeypatch.setattr("services.notify.bounces.bounce_command.configure_logs", lambda *_: None)
    piped = b"From MAILER-DAEMON Wed Nov 25 10:00:00 2026\n" + another.replace(b"\r", b"")

    async def run(*files: str) -> Result:
        arguments = ["bounces", *files]
        return await asyncio.to_thread(CliRunner().invoke, cli, arguments, input=piped)

    done = await run("-", *(str(tmp_path / name) for name in ("mbox", "folder", "mail")))
    assert done.exit_code == 0, done.stderr
    said = [
        line.split("  ")[1:]
        for line in done.stdout.splitlines()
        if line.startswith(post.notification_id)
    ]
    assert [line[0] for line in said] == ["gone", "waiting", "waiting", "waiting", "gone"]
    assert [line[-1] == "(recorded before)" for line in said] == [False, False, True, True, True]
    assert "mbox, mail 2: it names no message of ours" in done.stderr
    assert "mbox, mail 3: the mail can't be read" in done.stderr
    assert await post.state() == "failed"
    for unusable in ("Subject: Out of office\n\nBack on Monday\n", f"To: {post.token}\n{DEEP}"):
        (tmp_path / "mail").write_text(unusable)
        assert (await run(str(tmp_path / "mail"))).exit_code == 65
    monkeypatch.setenv("LOCALPOUND_DATABASE", "postgresql://127.0.0.1:1/none")
    assert (await run("-")).exit_code == 75
