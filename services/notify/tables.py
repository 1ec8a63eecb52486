"""The tables that notify owns."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.access.audit import audit_table
from shared.answers import answers_table
from shared.inbox import rejects_table
from shared.outbox import outbox_table

metadata = MetaData()
outbox = outbox_table(metadata)
rejects = rejects_table(metadata)
answers = answers_table(metadata)

_id = Uuid(as_uuid=False)
_instant = DateTime(timezone=True)

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", _id, primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("organisation", Text),
    Index(
        "suppliers_by_organisation",
        "organisation",
        postgresql_where=text("organisation is not null"),
    ),
)

# What ingest calls the buyers: a plan may call its own another name.
buyers = Table(
    "buyers",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("recorded_at", _instant, nullable=False),
)

agreements = Table(
    "agreements",
    metadata,
    Column("agreement_id", _id, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("supplier_id", _id, comment="by the terms that it was last planned by"),
    Column("ended_version", BigInteger, nullable=False),
    Column("ended_on", Date),
    Column("last_day", Date, comment="on which it ended or will, as it was last planned"),
    Column("standing", Text, nullable=False, comment="dated, undated, ended or unknown"),
    Column("next_change_on", Date, comment="when it is to be planned again by itself"),
    Column("plan_digest", Text, nullable=False, comment="empty: not planned yet"),
    Column("calendar_digest", Text, comment="where its terms count working days"),
    Column("revision", BigInteger, nullable=False, comment="how many plans were published"),
    Column("sequence", BigInteger, nullable=False, comment="facts published under the last plan"),
    Index("agreements_by_plan", "plan_digest", "buyer"),
    Index("agreements_by_supplier", "supplier_id"),
    Index("agreements_by_buyer", "buyer"),
    Index("agreements_undated", "agreement_id", postgresql_where=text("standing = 'undated'")),
    Index("agreements_by_last_day", "last_day", postgresql_where=text("last_day is not null")),
    Index(
        "agreements_by_calendar",
        "calendar_digest",
        postgresql_where=text("calendar_digest is not null"),
    ),
    Index(
        "agreements_to_change",
        "next_change_on",
        postgresql_where=text("next_change_on is not null"),
    ),
)

# Append-only: what each version of an agreement says, and from when.
terms = Table(
    "terms",
    metadata,
    Column("agreement_id", _id, ForeignKey(agreements.c.agreement_id), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("effective_on", Date, nullable=False, comment="0001-01-01: as first agreed"),
    Column("title", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("supplier_id", _id, nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("notice", Text, comment="NoticeTerms, JSON"),
    Column("options", Text, comment="ExtensionOptions, JSON"),
    Column("annual_pence", BigInteger, nullable=False),
    Column("changes", ARRAY(Text), nullable=False, comment="what the buyer calls a variation"),
    Index("terms_by_supplier", "supplier_id"),
)

# Append-only: each step of each notice, with the notice whole as it stands after it. Who of the
# other side agreed or acknowledged stays here: it has no place on a topic kept for ever.
notices = Table(
    "notices",
    metadata,
    Column("notice_id", _id, primary_key=True),
    Column("number", Integer, primary_key=True, comment="of the step, from 1"),
    Column("agreement_id", _id, ForeignKey(agreements.c.agreement_id), nullable=False),
    Column("step", Text, nullable=False),
    Column("content", Text, nullable=False, comment="Notice, JSON"),
    Column("note", Text, comment="why it was withdrawn, or who acknowledged it"),
    Column("recorded_by", Text, nullable=False, comment="an officer, or this service"),
    Column("recorded_at", _instant, nullable=False),
    Index("notices_by_agreement", "agreement_id"),
)

obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", _id, primary_key=True),
    Column("agreement_id", _id, ForeignKey(agreements.c.agreement_id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("period", Text, nullable=False, comment="ISO 8601"),
    Column("due_on", Date, nullable=False),
    Column("raise_on", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("rule", Text, nullable=False),
    Column("send_by", Text, nullable=False, comment="the last day to send by each channel, JSON"),
    Column("policy", Text, comment="what a notice keeps; null: the day is the agreement's own"),
    Column("state", Text, nullable=False, comment="planned, raised, skipped, withdrawn, closed"),
    Column("since_revision", BigInteger, nullable=False),
    Column("event_id", _id, comment="the fact by which it was raised"),
    Column("reason", Text, comment="why it was skipped or withdrawn"),
    Index("obligations_by_agreement", "agreement_id"),
    Index("obligations_to_raise", "raise_on", postgresql_where=text("state = 'planned'")),
)

# Whose payments are looked at since an agreement ended: its provider's, and those of whoever else
# is the same organisation.
watches = Table(
    "watches",
    metadata,
    Column("agreement_id", _id, ForeignKey(agreements.c.agreement_id), primary_key=True),
    Column("supplier_id", _id, primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("ended_on", Date, nullable=False),
    Column("partition", Integer, comment="of payments.v1, where the supplier's payments are"),
    Column("next_offset", BigInteger, comment="how far they were read; null: not begun"),
    Column("read_at", _instant, comment="when its end was last reached"),
    Column("examine", Boolean, nullable=False, comment="the alarm is to be decided anew"),
    Index("watches_by_read", "read_at"),
    Index("watches_to_examine", "agreement_id", postgresql_where=text("examine")),
)

# What watches found, as the highest revision of each payment says it.
late_payments = Table(
    "late_payments",
    metadata,
    Column("agreement_id", _id, primary_key=True),
    Column("supplier_id", _id, primary_key=True),
    Column("payment_id", _id, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("stands", Boolean, nullable=False, comment="not withdrawn, nor moved elsewhere"),
    ForeignKeyConstraint(
        ["agreement_id", "supplier_id"],
        ["watches.agreement_id", "watches.supplier_id"],
        ondelete="CASCADE",
    ),
)

# The last alarm about each agreement that is paid after its end, while it holds.
alarms = Table(
    "alarms",
    metadata,
    Column("agreement_id", _id, ForeignKey(agreements.c.agreement_id), primary_key=True),
    Column("alarmed_on", Date, nullable=False),
    Column("pence", BigInteger, nullable=False, comment="found by then"),
    Column("others", BigInteger, comment="known of other agreements; null: to be decided anew"),
)

facts = Table(
    "facts",
    metadata,
    Column("event_id", _id, primary_key=True),
    Column("event_type", Text, nullable=False),
    Column("obligation_id", _id, comment="null where it is of a subscription"),
    Column("agreement_id", _id),
    Column("buyer", Text, nullable=False),
    Column("data", LargeBinary, nullable=False, comment="the fact as it was published, JSON"),
    Column("wording", Text, nullable=False, comment="the template that says it"),
    Column("words", LargeBinary, nullable=False, comment="what the template is filled with, JSON"),
    Column("revision", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("recorded_at", _instant, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscription_id", _id, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("subscriber", Text, comment="org-id of a buyer or of a provider organisation"),
    Column("supplier_id", _id, comment="a provider that matched no organisation"),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("event_types", ARRAY(Text), nullable=False),
    Column("preferences", Text, comment="Preferences, JSON; null: everything at once"),
    Column("secret", Text),
    Column("previous_secret", Text, comment="signs too, until its time"),
    Column("previous_secret_until", _instant),
    Column("active", Boolean, nullable=False),
    Column("inactive_reason", Text),
    Column("inactive_by", Text, comment="gone, bounced, failing, unsubscribed or ended"),
    Column("inactive_since", _instant),
    Column("failures", Integer, nullable=False, comment="attempts failed since the last success"),
    Column("failing_since", _instant, comment="the first failure since the last success"),
    Column("last_failed_at", _instant),
    Column("version", Integer, nullable=False, comment="how often its owner changed it, from 1"),
    Column("created_at", _instant, nullable=False),
    Index("subscriptions_by_subscriber", "subscriber"),
    Index("subscriptions_by_supplier", "supplier_id"),
    Index("subscriptions_by_mailbox", text("lower(address)"), postgresql_where=text("active")),
)

# Append-only: each time that messages were asked for again.
replays = Table(
    "replays",
    metadata,
    Column("replay_id", _id, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("subscription_id", _id, ForeignKey(subscriptions.c.subscription_id), nullable=False),
    Column("asked_at", _instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("queued", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Index("replays_by_subscription", "subscription_id", "seq"),
)

_waiting = text("state = 'pending'")
_in_flight = text("claimed_by is not null")

notifications = Table(
    "notifications",
    metadata,
    Column("notification_id", _id, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("event_id", _id, ForeignKey(facts.c.event_id), nullable=False),
    Column("subscription_id", _id, ForeignKey(subscriptions.c.subscription_id), nullable=False),
    Column("obligation_id", _id, comment="null where it is of a subscription"),
    Column("agreement_id", _id),
    Column("buyer", Text, nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
        comment="pending, held, gathered, bundled, sent, delivered, failed, cancelled",
    ),
    Column("attempts", Integer, nullable=False, comment="attempts begun"),
    Column("tries", Integer, nullable=False, comment="attempts that failed, by no fault of ours"),
    Column("next_attempt_at", _instant, nullable=False, comment="while claimed: the lease's end"),
    Column("provider_id", Text, comment="of a message that was sent, where it is asked after"),
    Column("claimed_by", _id, comment="the claim under which an attempt is being made"),
    Column("acknowledged_at", _instant, comment="by whoever was first"),
    Column("recalled_at", _instant, comment="when it turned out not to be for its recipient"),
    Column(
        "sending_rule", Text, comment="why it was sent at once, where another time is preferred"
    ),
    Column(
        "digest_id",
        _id,
        ForeignKey("notifications.notification_id"),
        comment="the message in which it is bundled",
    ),
    Column("replay_id", _id, ForeignKey(replays.c.replay_id), comment="the last that it was in"),
    Column("created_at", _instant, nullable=False),
    Index("notifications_by_subscription", "subscription_id", "seq"),
    Index("notifications_of_replay", "replay_id", postgresql_where=text("replay_id is not null")),
    Index("notifications_of_digest", "digest_id", postgresql_where=text("digest_id is not null")),
    Index(
        "notifications_gathered",
        "next_attempt_at",
        "subscription_id",
        postgresql_where=text("state = 'gathered'"),
    ),
    Index("notifications_due", "next_attempt_at", "subscription_id", postgresql_where=_waiting),
    Index(
        "notifications_to_send",
        "subscription_id",
        "next_attempt_at",
        "seq",
        postgresql_where=_waiting,
    ),
    Index(
        "notifications_in_order",
        "subscription_id",
        "agreement_id",
        "seq",
        postgresql_where=text("state = 'pending' or claimed_by is not null"),
    ),
    Index(
        "notifications_to_ask",
        "next_attempt_at",
        postgresql_where=text("state = 'sent' and provider_id is not null"),
    ),
    Index("notifications_in_flight", "subscription_id", postgresql_where=_in_flight),
    Index("notifications_of_event", "event_id"),
    Index("notifications_by_agreement", "agreement_id", "seq"),
)

# Append-only: who said that it was read, the first in each capacity counts. It stays here: a
# person's name has no place on a topic kept for ever.
acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("notification_id", _id, ForeignKey(notifications.c.notification_id), primary_key=True),
    Column("capacity", Text, primary_key=True, comment="provider or buyer"),
    Column("means", Text, primary_key=True, comment="link, reply, request, officer or token"),
    Column("acknowledged_by", Text, primary_key=True),
    Column("acknowledged_at", _instant, nullable=False),
    Column("reason", Text, comment="of an officer who acknowledged for others"),
)

# Which list of an agreement's contacts is in force; who is on it stands in `contacts`.
contact_lists = Table(
    "contact_lists",
    metadata,
    Column("agreement_id", _id, primary_key=True),
    Column("confirmed_on", Date, nullable=False),
    Column("version", BigInteger, nullable=False),
)

# A contact with a mailbox is a subscription to one agreement. Names are not kept, and the mailbox
# of one who is named no more is erased.
contacts = Table(
    "contacts",
    metadata,
    Column("subscription_id", _id, ForeignKey(subscriptions.c.subscription_id), primary_key=True),
    Column("agreement_id", _id, nullable=False),
    Column("party", Text, nullable=False, comment="buyer or provider"),
    Column("position", Integer, comment="in the order of the list; null: named no more"),
    Index("contacts_by_agreement", "agreement_id"),
    Index("contacts_named_no_more", "subscription_id", postgresql_where=text("position is null")),
)

# Who is told next where nobody of a party acknowledges what was told of an obligation.
escalations = Table(
    "escalations",
    metadata,
    Column("event_id", _id, ForeignKey(facts.c.event_id), primary_key=True),
    Column("party", Text, primary_key=True, comment="buyer or provider"),
    Column("obligation_id", _id, nullable=False),
    Column("agreement_id", _id, ForeignKey(agreements.c.agreement_id), nullable=False),
    Column("state", Text, nullable=False, comment="waiting, or why it takes no more steps"),
    Column("steps", Integer, nullable=False, comment="steps taken"),
    Column("since", _instant, nullable=False, comment="the last step, or when it was first told"),
    Column("failed", Boolean, nullable=False, comment="a message of the last step is given up"),
    Column("next_step_at", _instant, nullable=False, comment="while waiting: when to look again"),
    Index("escalations_due", "next_step_at", postgresql_where=text("state = 'waiting'")),
)

# Append-only.
escalation_steps = Table(
    "escalation_steps",
    metadata,
    Column("event_id", _id, primary_key=True),
    Column("party", Text, primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1"),
    Column("target", Text, nullable=False, comment="contact, channel or officers"),
    Column("reason", Text, nullable=False),
    Column("taken_at", _instant, nullable=False),
    Column("escalated_event_id", _id, nullable=False, comment="the fact that says it"),
    Column("notification_ids", ARRAY(_id), nullable=False, comment="what it made to be delivered"),
    ForeignKeyConstraint(["event_id", "party"], ["escalations.event_id", "escalations.party"]),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column(
        "notification_id",
        _id,
        ForeignKey(notifications.c.notification_id),
        primary_key=True,
    ),
    Column("attempt", Integer, primary_key=True),
    Column(
        "report",
        Integer,
        primary_key=True,
        server_default=text("0"),
        comment="0: the attempt itself; from 1: what was heard of it later",
    ),
    Column("started_at", _instant, nullable=False),
    Column("finished_at", _instant),
    Column("outcome", Text, nullable=False, comment="started until it is known"),
    Column("status", Integer, comment="of HTTP or SMTP"),
    Column("detail", Text, nullable=False),
    Column("response", Text, nullable=False, comment="the first 2 KB of the answer"),
)

# Append-only: what mail servers said of messages, each known by its bytes.
bounces = Table(
    "bounces",
    metadata,
    Column("bounce_id", _id, primary_key=True),
    Column("notification_id", _id, ForeignKey(notifications.c.notification_id), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("status", Text, nullable=False, comment="RFC 3463, such as 5.1.1"),
    Column("recorded_at", _instant, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("edition", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False, comment="JSON, whole"),
    Column("first_given_at", _instant, nullable=False),
)

# Append-only: of each kind the one with the latest `as_at` is in force, of a day the last given.
calendars = Table(
    "calendars",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False, comment="shipped, published, or extra days"),
    Column("as_at", Date, nullable=False),
    Column("content", Text, nullable=False, comment="JSON as GOV.UK publishes it, whole"),
    Column("given_at", _instant, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", Text, nullable=False),
)

audit = audit_table(metadata)
