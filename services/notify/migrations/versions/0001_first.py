"""Agreements, obligations, subscriptions, notifications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_buyers()
    op.create_table(
        "agreements",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "supplier_id",
            sa.Uuid(as_uuid=False),
            nullable=True,
            comment="by the terms that it was last planned by",
        ),
        sa.Column("ended_version", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "last_day",
            sa.Date(),
            nullable=True,
            comment="on which it ended or will, as it was last planned",
        ),
        sa.Column(
            "standing", sa.Text(), nullable=False, comment="dated, undated, ended or unknown"
        ),
        sa.Column(
            "next_change_on",
            sa.Date(),
            nullable=True,
            comment="when it is to be planned again by itself",
        ),
        sa.Column("plan_digest", sa.Text(), nullable=False, comment="empty: not planned yet"),
        sa.Column(
            "calendar_digest",
            sa.Text(),
            nullable=True,
            comment="where its terms count working days",
        ),
        sa.Column(
            "revision", sa.BigInteger(), nullable=False, comment="how many plans were published"
        ),
        sa.Column(
            "sequence",
            sa.BigInteger(),
            nullable=False,
            comment="facts published under the last plan",
        ),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    op.create_index("agreements_by_plan", "agreements", ["plan_digest", "buyer"], unique=False)
    op.create_index("agreements_by_supplier", "agreements", ["supplier_id"], unique=False)
    op.create_index(
        "agreements_by_calendar",
        "agreements",
        ["calendar_digest"],
        unique=False,
        postgresql_where=sa.text("calendar_digest is not null"),
    )
    op.create_index(
        "agreements_to_change",
        "agreements",
        ["next_change_on"],
        unique=False,
        postgresql_where=sa.text("next_change_on is not null"),
    )
    op.create_table(
        "terms",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="0001-01-01: as first agreed"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True, comment="NoticeTerms, JSON"),
        sa.Column("options", sa.Text(), nullable=True, comment="ExtensionOptions, JSON"),
        sa.Column("annual_pence", sa.BigInteger(), nullable=False),
        sa.Column(
            "changes",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="what the buyer calls a variation",
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.agreement_id"]),
        sa.PrimaryKeyConstraint("agreement_id", "version"),
    )
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="of the step, from 1"),
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="Notice, JSON"),
        sa.Column("note", sa.Text(), comment="why it was withdrawn, or who acknowledged it"),
        sa.Column("recorded_by", sa.Text(), nullable=False, comment="an officer, or this service"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.agreement_id"]),
        sa.PrimaryKeyConstraint("notice_id", "number"),
    )
    op.create_index("notices_by_agreement", "notices", ["agreement_id"], unique=False)
    op.create_table(
        "answers",
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("answer_id"),
    )
    op.create_index("ix_answers_answered_at", "answers", ["answered_at"], unique=False)
    op.create_table(
        "facts",
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("event_type", sa.Text(), nullable=False),
        sa.Column(
            "obligation_id", sa.Uuid(as_uuid=False), comment="null where it is of a subscription"
        ),
        sa.Column("agreement_id", sa.Uuid(as_uuid=False)),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column(
            "data", sa.LargeBinary(), nullable=False, comment="the fact as it was published, JSON"
        ),
        sa.Column("wording", sa.Text(), nullable=False, comment="the template that says it"),
        sa.Column(
            "words",
            sa.LargeBinary(),
            nullable=False,
            comment="what the template is filled with, JSON",
        ),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("records", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "rejects",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("reject_id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reject_id"),
        sa.UniqueConstraint("seq"),
    )
    op.create_index("rejects_by_buyer", "rejects", ["buyer", "seq"], unique=False)
    op.create_index(
        "rejects_by_origin",
        "rejects",
        ["origin"],
        postgresql_ops={"origin": "text_pattern_ops"},
    )
    op.create_table(
        "calendars",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="shipped, published, or extra days"),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column(
            "content", sa.Text(), nullable=False, comment="JSON as GOV.UK publishes it, whole"
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "plans",
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False, comment="JSON, whole"),
        sa.Column("first_given_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("edition"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("subscription_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "subscriber",
            sa.Text(),
            nullable=True,
            comment="org-id of a buyer or of a provider organisation",
        ),
        sa.Column(
            "supplier_id",
            sa.Uuid(as_uuid=False),
            nullable=True,
            comment="a provider that matched no organisation",
        ),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("event_types", ARRAY(sa.Text()), nullable=False),
        sa.Column("preferences", sa.Text(), comment="Preferences, JSON; null: everything at once"),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("previous_secret", sa.Text(), comment="signs too, until its time"),
        sa.Column("previous_secret_until", sa.DateTime(timezone=True)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("inactive_reason", sa.Text(), nullable=True),
        sa.Column(
            "inactive_by", sa.Text(), comment="gone, bounced, failing, unsubscribed or ended"
        ),
        sa.Column("inactive_since", sa.DateTime(timezone=True)),
        sa.Column(
            "failures",
            sa.Integer(),
            nullable=False,
            comment="attempts failed since the last success",
        ),
        sa.Column(
            "failing_since",
            sa.DateTime(timezone=True),
            comment="the first failure since the last success",
        ),
        sa.Column("last_failed_at", sa.DateTime(timezone=True)),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="how often its owner changed it, from 1",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id"),
        sa.UniqueConstraint("seq"),
    )
    op.create_index("subscriptions_by_subscriber", "subscriptions", ["subscriber"], unique=False)
    op.create_index("subscriptions_by_supplier", "subscriptions", ["supplier_id"], unique=False)
    op.create_table(
        "replays",
        sa.Column("replay_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subscription_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.subscription_id"]),
        sa.PrimaryKeyConstraint("replay_id"),
        sa.UniqueConstraint("seq"),
    )
    op.create_index("replays_by_subscription", "replays", ["subscription_id", "seq"])
    op.create_table(
        "suppliers",
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("supplier_id"),
    )
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("subscription_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "obligation_id", sa.Uuid(as_uuid=False), comment="null where it is of a subscription"
        ),
        sa.Column("agreement_id", sa.Uuid(as_uuid=False)),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="pending, held, gathered, bundled, sent, delivered, failed, cancelled",
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="attempts begun"),
        sa.Column(
            "tries",
            sa.Integer(),
            nullable=False,
            comment="attempts that failed, by no fault of ours",
        ),
        sa.Column(
            "next_attempt_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="while claimed: the lease's end",
        ),
        sa.Column(
            "provider_id",
            sa.Text(),
            nullable=True,
            comment="of a message that was sent, where it is asked after",
        ),
        sa.Column(
            "claimed_by",
            sa.Uuid(as_uuid=False),
            nullable=True,
            comment="the claim under which an attempt is being made",
        ),
        sa.Column(
            "acknowledged_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="by whoever was first",
        ),
        sa.Column(
            "recalled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when it turned out not to be for its recipient",
        ),
        sa.Column(
            "sending_rule",
            sa.Text(),
            comment="why it was sent at once, where another time is preferred",
        ),
        sa.Column(
            "digest_id", sa.Uuid(as_uuid=False), comment="the message in which it is bundled"
        ),
        sa.Column("replay_id", sa.Uuid(as_uuid=False), comment="the last that it was in"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["facts.event_id"],
        ),
        sa.ForeignKeyConstraint(["digest_id"], ["notifications.notification_id"]),
        sa.ForeignKeyConstraint(["replay_id"], ["replays.replay_id"]),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.subscription_id"],
        ),
        sa.PrimaryKeyConstraint("notification_id"),
        sa.UniqueConstraint("seq"),
    )
    op.create_index(
        "notifications_by_agreement", "notifications", ["agreement_id", "seq"], unique=False
    )
    op.create_index("notifications_by_subscription", "notifications", ["subscription_id", "seq"])
    op.create_index(
        "notifications_of_replay",
        "notifications",
        ["replay_id"],
        postgresql_where=sa.text("replay_id is not null"),
    )
    op.create_index(
        "notifications_of_digest",
        "notifications",
        ["digest_id"],
        postgresql_where=sa.text("digest_id is not null"),
    )
    op.create_index(
        "notifications_gathered",
        "notifications",
        ["next_attempt_at", "subscription_id"],
        postgresql_where=sa.text("state = 'gathered'"),
    )
    op.create_index(
        "notifications_due",
        "notifications",
        ["next_attempt_at", "subscription_id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "notifications_in_flight",
        "notifications",
        ["subscription_id"],
        unique=False,
        postgresql_where=sa.text("claimed_by is not null"),
    )
    op.create_index(
        "notifications_in_order",
        "notifications",
        ["subscription_id", "agreement_id", "seq"],
        unique=False,
        postgresql_where=sa.text("state = 'pending' or claimed_by is not null"),
    )
    op.create_index("notifications_of_event", "notifications", ["event_id"], unique=False)
    op.create_index(
        "notifications_to_ask",
        "notifications",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'sent' and provider_id is not null"),
    )
    op.create_index(
        "notifications_to_send",
        "notifications",
        ["subscription_id", "next_attempt_at", "seq"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    _create_obligations()
    op.create_table(
        "acknowledgements",
        sa.Column("notification_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False, comment="provider or buyer"),
        sa.Column(
            "means", sa.Text(), nullable=False, comment="link, reply, request, officer or token"
        ),
        sa.Column("acknowledged_by", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), comment="of an officer who acknowledged for others"),
        sa.ForeignKeyConstraint(["notification_id"], ["notifications.notification_id"]),
        sa.PrimaryKeyConstraint("notification_id", "capacity", "means", "acknowledged_by"),
    )
    op.create_table(
        "contact_lists",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    op.create_table(
        "contacts",
        sa.Column("subscription_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("party", sa.Text(), nullable=False, comment="buyer or provider"),
        sa.Column(
            "position",
            sa.Integer(),
            nullable=True,
            comment="in the order of the list; null: named no more",
        ),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.subscription_id"]),
        sa.PrimaryKeyConstraint("subscription_id"),
    )
    op.create_index("contacts_by_agreement", "contacts", ["agreement_id"], unique=False)
    op.create_index(
        "contacts_named_no_more",
        "contacts",
        ["subscription_id"],
        unique=False,
        postgresql_where=sa.text("position is null"),
    )
    op.create_table(
        "escalations",
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("party", sa.Text(), nullable=False, comment="buyer or provider"),
        sa.Column("obligation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="waiting, or why it takes no more steps"
        ),
        sa.Column("steps", sa.Integer(), nullable=False, comment="steps taken"),
        sa.Column(
            "since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="the last step, or when it was first told",
        ),
        sa.Column(
            "failed",
            sa.Boolean(),
            nullable=False,
            comment="a message of the last step is given up",
        ),
        sa.Column(
            "next_step_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="while waiting: when to look again",
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.agreement_id"]),
        sa.ForeignKeyConstraint(["event_id"], ["facts.event_id"]),
        sa.PrimaryKeyConstraint("event_id", "party"),
    )
    op.create_index(
        "escalations_due",
        "escalations",
        ["next_step_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "escalation_steps",
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="from 1"),
        sa.Column("target", sa.Text(), nullable=False, comment="contact, channel or officers"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "escalated_event_id",
            sa.Uuid(as_uuid=False),
            nullable=False,
            comment="the fact that says it",
        ),
        sa.Column(
            "notification_ids",
            ARRAY(sa.Uuid(as_uuid=False)),
            nullable=False,
            comment="what it made to be delivered",
        ),
        sa.ForeignKeyConstraint(
            ["event_id", "party"], ["escalations.event_id", "escalations.party"]
        ),
        sa.PrimaryKeyConstraint("event_id", "party", "number"),
    )
    op.create_table(
        "deliveries",
        sa.Column("notification_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "report",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="0: the attempt itself; from 1: what was heard of it later",
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False, comment="started until it is known"),
        sa.Column("status", sa.Integer(), nullable=True, comment="of HTTP or SMTP"),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False, comment="the first 2 KB of the answer"),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
        ),
        sa.PrimaryKeyConstraint("notification_id", "attempt", "report"),
    )
    op.create_table(
        "bounces",
        sa.Column("bounce_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("notification_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, comment="RFC 3463, such as 5.1.1"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notifications.notification_id"],
        ),
        sa.PrimaryKeyConstraint("bounce_id"),
    )
    _create_payments_after_end()
    _create_ways_to_find_and_audit()


def _create_ways_to_find_and_audit() -> None:
    op.create_index("agreements_by_buyer", "agreements", ["buyer"], unique=False)
    op.create_index(
        "agreements_undated",
        "agreements",
        ["agreement_id"],
        unique=False,
        postgresql_where=sa.text("standing = 'undated'"),
    )
    op.create_index(
        "subscriptions_by_mailbox",
        "subscriptions",
        [sa.text("lower(address)")],
        unique=False,
        postgresql_where=sa.text("active"),
    )
    _create_audit()


def _create_payments_after_end() -> None:
    op.create_index(
        "agreements_by_last_day",
        "agreements",
        ["last_day"],
        unique=False,
        postgresql_where=sa.text("last_day is not null"),
    )
    op.create_index("terms_by_supplier", "terms", ["supplier_id"], unique=False)
    op.create_index(
        "suppliers_by_organisation",
        "suppliers",
        ["organisation"],
        unique=False,
        postgresql_where=sa.text("organisation is not null"),
    )
    op.create_table(
        "watches",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column(
            "partition",
            sa.Integer(),
            nullable=True,
            comment="of payments.v1, where the supplier's payments are",
        ),
        sa.Column(
            "next_offset",
            sa.BigInteger(),
            nullable=True,
            comment="how far they were read; null: not begun",
        ),
        sa.Column(
            "read_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its end was last reached",
        ),
        sa.Column(
            "examine", sa.Boolean(), nullable=False, comment="the alarm is to be decided anew"
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.agreement_id"]),
        sa.PrimaryKeyConstraint("agreement_id", "supplier_id"),
    )
    op.create_index("watches_by_read", "watches", ["read_at"], unique=False)
    op.create_index(
        "watches_to_examine",
        "watches",
        ["agreement_id"],
        unique=False,
        postgresql_where=sa.text("examine"),
    )
    op.create_table(
        "late_payments",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("supplier_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("payment_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column(
            "stands", sa.Boolean(), nullable=False, comment="not withdrawn, nor moved elsewhere"
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id", "supplier_id"],
            ["watches.agreement_id", "watches.supplier_id"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agreement_id", "supplier_id", "payment_id"),
    )
    op.create_table(
        "alarms",
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("alarmed_on", sa.Date(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False, comment="found by then"),
        sa.Column(
            "others",
            sa.BigInteger(),
            comment="known of other agreements; null: to be decided anew",
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreements.agreement_id"]),
        sa.PrimaryKeyConstraint("agreement_id"),
    )


def downgrade() -> None:
    op.drop_table("audit")
    op.execute("drop function keep_audit")
    op.drop_table("alarms")
    op.drop_table("late_payments")
    op.drop_table("watches")
    op.drop_table("answers")
    op.drop_table("bounces")
    op.drop_table("notices")
    op.drop_table("deliveries")
    op.drop_table("acknowledgements")
    op.drop_table("escalation_steps")
    op.drop_table("escalations")
    op.drop_table("contacts")
    op.drop_table("contact_lists")
    op.drop_table("obligations")
    op.drop_table("notifications")
    op.drop_table("replays")
    op.drop_table("suppliers")
    op.drop_table("subscriptions")
    op.drop_table("rejects")
    op.drop_table("plans")
    op.drop_table("calendars")
    op.drop_table("outbox")
    op.drop_table("keys")
    op.drop_table("facts")
    op.drop_table("terms")
    op.drop_table("agreements")


def _create_buyers() -> None:
    op.create_table(
        "buyers",
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("buyer"),
    )


def _create_obligations() -> None:
    op.create_table(
        "obligations",
        sa.Column("obligation_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("agreement_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False, comment="ISO 8601"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("raise_on", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column(
            "send_by",
            sa.Text(),
            nullable=False,
            comment="the last day to send by each channel, JSON",
        ),
        sa.Column(
            "policy",
            sa.Text(),
            nullable=True,
            comment="what a notice keeps; null: the day is the agreement's own",
        ),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="planned, raised, skipped, withdrawn, closed",
        ),
        sa.Column("since_revision", sa.BigInteger(), nullable=False),
        sa.Column(
            "event_id",
            sa.Uuid(as_uuid=False),
            nullable=True,
            comment="the fact by which it was raised",
        ),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was skipped or withdrawn"),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreements.agreement_id"],
        ),
        sa.PrimaryKeyConstraint("obligation_id"),
    )
    op.create_index("obligations_by_agreement", "obligations", ["agreement_id"], unique=False)
    op.create_index(
        "obligations_to_raise",
        "obligations",
        ["raise_on"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
    )


def _create_audit() -> None:
    """Who wrote, and who read personal data (shared/access/audit.py): added to, never changed."""
    op.create_table(
        "audit",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column(
            "issuer", sa.Text(), nullable=False, comment="of the token; empty: there was none"
        ),
        sa.Column("act", sa.Text(), nullable=False, comment="write, or read-personal"),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, comment="identifiers, never names"),
        sa.Column(
            "outcome", sa.Text(), nullable=False, comment="committed, or the answer's status"
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("audit_by_at", "audit", ["at"])
    op.create_index("audit_by_subject", "audit", ["subject", "at"])
    op.execute(
        "create or replace function keep_audit() returns trigger language plpgsql as "
        "$$ begin raise exception 'the audit stays as it was written'; end $$"
    )
    op.execute(
        "create trigger audit_is_kept before update or delete on audit "
        "for each statement execute function keep_audit()"
    )
