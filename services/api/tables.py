"""The read model: everything here can be dropped and rebuilt from the topics.

A roll-up's place and the codes of a coding are '' where a payment has none: "not coded" is a value
to group by, and a primary key holds no null. Open ends of spans are -infinity and infinity.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.api.organisation_name import JOINS, PARTS
from shared.inbox import rejects_table

metadata = MetaData()
rejects = rejects_table(metadata)

payments = Table(
    "payments",
    metadata,
    Column("payment_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("supplier_id", Uuid(as_uuid=False), nullable=False),
    Column("payee", Text, nullable=False),
    Column("payment_date", Date, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("reference", Text),
    Column("transaction", Text),
    Column("unit", Text),
    Column("expense_type", Text),
    Column("purpose", Text),
    Column("programme", Text),
    Column("place", Text),
    # As it stands: after the highest revision that arrived, 0 as accepted. A withdrawn one counts
    # nowhere, and stays so that the fact that accepted it may come again.
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    # With the id: a list goes on in the middle of a day, of which a buyer may have 100,000 lines.
    Index("payments_by_buyer", "buyer", "payment_date", "payment_id"),
    # A few in a hundred: an index of all by amount would double what it costs to insert a payment.
    Index(
        "large_payments",
        *("buyer", "amount_pence", "payment_id"),
        postgresql_where=text("amount_pence >= 2500000"),
        # What spend is cut by: the sums of large payments are read here alone.
        postgresql_include=["payment_date", "supplier_id", "place", "withdrawn"],
    ),
    Index("payments_by_supplier", "supplier_id", "payment_date"),
    # Equal and opposite amounts of a supplier: what a credit may have taken back.
    Index("payments_by_amount", "supplier_id", "amount_pence"),
    # Whether a payment may have been taken back is asked of each that is read: few are credits.
    Index("credits", "supplier_id", "amount_pence", postgresql_where=text("amount_pence < 0")),
    # What was recorded since a day, in about the order in which it lies: a few pages for it all.
    Index("payments_by_recording", "recorded_at", postgresql_using="brin"),
)

payment_revisions = Table(
    "payment_revisions",
    metadata,
    Column("payment_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("supplier_id", Uuid(as_uuid=False), nullable=False),
    Column("payee", Text, nullable=False),
    Column("payment_date", Date, nullable=False),
    Column("amount_pence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("reference", Text),
    Column("transaction", Text),
    Column("unit", Text),
    Column("expense_type", Text),
    Column("purpose", Text),
    Column("programme", Text),
    Column("place", Text),
    Column("withdrawn", Boolean, nullable=False),
    Column("why", Text, nullable=False),
)
"""Of payments that were corrected: what they were from each moment on, 0 as accepted. Who asks what
was known on a day takes the highest revision recorded by then; the others stand in `payments`."""

successions = Table(
    "successions",
    metadata,
    Column("predecessor", Text, primary_key=True),
    Column("successor", Text, primary_key=True),
    Column("since", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

spend = Table(
    "spend",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("place", Text, primary_key=True),
    Column("coding_id", Uuid(as_uuid=False), primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("gross_pence", BigInteger, nullable=False),
    # Of `kinds`; null in the months of `boundary_months`, where the payments are asked.
    Column("kind_id", Uuid(as_uuid=False)),
    Index("spend_by_supplier", "supplier_id"),
    postgresql_with={"fillfactor": 80},
)

codings = Table(
    "codings",
    metadata,
    Column("coding_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("expense_type", Text, nullable=False),
    Column("ledger_programme", Text, nullable=False),
    # Without the expense type, which may be longer than an index holds.
    Index("codings_by_codes", "buyer", "unit", "ledger_programme"),
)
"""Each combination of codes that payments of a buyer bear, as the ledger prints them."""

programme_lines = Table(
    "programme_lines",
    metadata,
    # Of all but programme and version, which may be too long for an index together.
    Column("line_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False, index=True),
    Column("unit", Text, nullable=False),
    Column("expense_type", Text, nullable=False),
    Column("ledger_programme", Text, nullable=False),
    Column("since", Date, nullable=False),
    # Null: it is in the map no longer, and stays so that an older word does not bring it back.
    Column("programme", Text),
    Column("budget_head", Text),
    Column("version", BigInteger, nullable=False),
)
"""The buyers' maps, their codes folded; '' for a code that a line does not name."""

programmes = Table(
    "programmes",
    metadata,
    Column("coding_id", Uuid(as_uuid=False), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("programme", Text),
    Column("programme_key", Text),
    Column("rule", Text, nullable=False),
    Column("budget_head", Text),
    Column("budget_head_key", Text),
)
"""Which programme and budget head a coding is: of each one spans that cover every day once, worked
out anew when a map or a succession changes. The key is what spellings of one have in common. The
payments and the roll-up never change with them."""

_SIGNS = (PARTS + JOINS).replace("'", "''")
SEARCHED = (
    "to_tsvector('simple'::regconfig, translate((COALESCE(organisation_name, ''::text)"
    f" || ' '::text) || payee, '{_SIGNS}'::text, '{' ' * len(PARTS)}'::text))"
)
"""The words of a supplier: the name that a register has, and the ledger's."""
NAMED = "NOT redacted AND (organisation IS NOT NULL OR organisation_name IS NOT NULL)"
"""Names that may be persons' are not searched."""

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("payee", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("score", Double),
    Column("rule", Text, nullable=False),
    Column("evidence", JSONB, nullable=False),
    Column("organisation", Text),
    Column("organisation_name", Text),
    Column("legal_form", Text),
    Column("redacted", Boolean, nullable=False),
    Column("memberships", JSONB, nullable=False),
    Column("candidates", JSONB, nullable=False),
    Column("exclusions", JSONB, nullable=False),
    Column("flags", JSONB, nullable=False),
    Column("charity_probability", Double),
    Column("income", BigInteger),
    Column("income_band", Text),
    Column("size", Text),
    Column("place", Text),
    Column("places", JSONB, nullable=False),
    Column("reach", Text),
    Column("locality_rule", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("suppliers_by_organisation", "organisation"),
    Index(
        "suppliers_by_name",
        text(SEARCHED),
        postgresql_using="gin",
        postgresql_where=text(NAMED),
    ),
    # A page of those that are organisations looks at no others, however many these are.
    Index("organisations_by_supplier", "supplier_id", postgresql_where=text(NAMED)),
)

memberships = Table(
    "memberships",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("definition", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
)
"""Periods of one definition, joined where they touch: no two of them share or adjoin a day."""

boundary_months = Table(
    "boundary_months",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("month", Date, primary_key=True),
    Column("definition", Text, primary_key=True),
)
"""Months that a membership covers in part: there the payments are asked, not the roll-up."""

definitions = Table("definitions", metadata, Column("definition", Text, primary_key=True))

agreements = Table(
    "agreements",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, nullable=False),
    Column("reference", Text, nullable=False),
    # 0 while no end is known; one may arrive before any terms.
    Column("end_version", BigInteger, nullable=False),
    Column("ended_on", Date),
    Column("ending", Text),
    Column("end_reason", Text),
    Column("end_recorded_at", DateTime(timezone=True)),
    Index("agreements_by_buyer", "buyer", "agreement_id"),
)

agreement_versions = Table(
    "agreement_versions",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("effective_on", Date, nullable=False),
    Column("supplier_id", Uuid(as_uuid=False), nullable=False),
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date),
    Column("notice_period", Text),
    Column("route", Text, nullable=False),
    Column("place", Text),
    Column("maximum_end", Date),
    Column("extension_options", JSONB, nullable=False),
    Column("notice_terms", JSONB),
    Column("members", JSONB, nullable=False),
    Column("duration_rationale", Text),
    Column("awarded_on", Date),
    Column("total_amount_pence", BigInteger),
    Column("changes", JSONB, nullable=False),
    Column("reason", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("agreement_versions_by_supplier", "supplier_id"),
)
"""What each version says, from its day; -infinity: as first agreed. Which one is in force is asked
of a day when it is read."""

agreement_lines = Table(
    "agreement_lines",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("programme", Text, nullable=False),
    Column("description", Text),
    Column("annual_amount_pence", BigInteger, nullable=False),
    Column("recurrent", Boolean, nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("confirmed_on", Date, nullable=False),
    Column("contacts", JSONB, nullable=False),
)
"""Persons: shown to the buyer's officers only."""

obligation_plans = Table(
    "obligation_plans",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)

obligations = Table(
    "obligations",
    metadata,
    Column("obligation_id", Uuid(as_uuid=False), primary_key=True),
    Column("agreement_id", Uuid(as_uuid=False), nullable=False),
    # What it is, from the plan or from its being raised, whichever came; null until then.
    Column("kind", Text),
    Column("due_on", Date),
    Column("stage", Text),
    Column("rule", Text),
    Column("send_by", JSONB),
    # The newest plan that lists it; 0 while none does.
    Column("plan_revision", BigInteger, nullable=False),
    # The last of its facts of either kind; their places order them, their times are only told.
    Column("raised_revision", BigInteger),
    Column("raised_sequence", BigInteger),
    Column("raised_at", DateTime(timezone=True)),
    Column("withdrawn_revision", BigInteger),
    Column("withdrawn_sequence", BigInteger),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_reason", Text),
    Index("obligations_by_agreement", "agreement_id"),
)

_of_a_page = ["since", "until", "last_day", "after"]

renewals = Table(
    "renewals",
    metadata,
    Column("agreement_id", Uuid(as_uuid=False), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("after", Date, primary_key=True),
    Column("next_on", Date, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("buyer", Text, nullable=False),
    Column("last_day", Date),
    Index("renewals_by_date", "next_on", "agreement_id", postgresql_include=_of_a_page),
    Index("renewals_by_buyer", "buyer", "next_on", "agreement_id", postgresql_include=_of_a_page),
)
"""The dates of each agreement, for each span of days over which the same terms are in force: from
`since` to the day before `until`. Of any day beyond `after`, up to `next_on` itself, that is the
next, with what it brings. So it is right on every day, though none brings an event. The first
date of a span follows -infinity. `last_day` is the end by those terms, or the day on which it did
end; null: neither is known."""

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("obligation_id", Uuid(as_uuid=False), primary_key=True),
    Column("recipient", Text, primary_key=True),
    Column("capacity", Text, primary_key=True),
    # The place of the fact that was acknowledged.
    Column("revision", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("acknowledged_at", DateTime(timezone=True), nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("notice_id", Uuid(as_uuid=False), primary_key=True),
    Column("agreement_id", Uuid(as_uuid=False), nullable=False),
    # Of its last step; the content is the fact that told it, whole.
    Column("number", Integer, nullable=False),
    Column("content", JSONB, nullable=False),
    Index("notices_by_agreement", "agreement_id"),
)

failed_deliveries = Table(
    "failed_deliveries",
    metadata,
    Column("notification_id", Uuid(as_uuid=False), primary_key=True),
    Column("obligation_id", Uuid(as_uuid=False), nullable=False),
    Column("channel", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index("failed_deliveries_by_obligation", "obligation_id"),
)

buyers = Table(
    "buyers",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)
"""By what name each public body goes, as it was said last."""


agreed = Table(
    "agreed",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
    Column("route", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("recurrence", Text, nullable=False),
    Column("passed_on", Boolean, nullable=False),
)
"""Under what agreements a supplier is paid by a buyer, over months, named by their first days; both
count. No two spans of one buyer and supplier share a month (agreements/agreed.py)."""

kinds = Table(
    "kinds",
    metadata,
    Column("kind_id", Uuid(as_uuid=False), primary_key=True),
    Column("class", Text, nullable=False),
    Column("legal_form", Text),
    Column("income_band", Text),
    Column("reach", Text),
    Column("tier", Text),
    Column("definitions", ARRAY(Text), nullable=False),
    Column("route", Text, nullable=False),
    Column("agreement_kind", Text, nullable=False),
    Column("recurrence", Text, nullable=False),
    Column("passed_on", Boolean, nullable=False),
)
"""What is known of suppliers in a month, each combination once: class of coverage, what matching
says, the definitions that hold on every day of it, and what is agreed."""

spend_by_kind = Table(
    "spend_by_kind",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("kind_id", Uuid(as_uuid=False), primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("gross_pence", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 80},
)
"""The roll-up without suppliers and codes, but for the months of `boundary_months`."""

spend_by_year = Table(
    "spend_by_year",
    metadata,
    Column("buyer", Text, primary_key=True),
    Column("financial_year", Integer, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("coding_id", Uuid(as_uuid=False), primary_key=True),
    Column("kind_id", Uuid(as_uuid=False), primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("pence", BigInteger, nullable=False),
    Column("gross_pence", BigInteger, nullable=False),
    postgresql_with={"fillfactor": 80},
)
"""The roll-up of the same months by year and codes, without suppliers; a financial year is named by
the year in which it begins."""

supplier_versions = Table(
    "supplier_versions",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("tier", Text, nullable=False),
    Column("organisation", Text),
    Column("organisation_name", Text),
    Column("legal_form", Text),
    Column("redacted", Boolean, nullable=False),
    Column("income_band", Text),
    Column("size", Text),
    Column("place", Text),
    Column("places", JSONB, nullable=False),
    Column("reach", Text),
)
"""What each revision of a supplier said, as far as spend is cut and counted by it. Who asks what
was known on a day takes the highest revision recorded by then."""

membership_versions = Table(
    "membership_versions",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("definition", Text, primary_key=True),
    Column("since", Date, primary_key=True),
    Column("until", Date, nullable=False),
)
"""The memberships of each revision, joined as those in `memberships` are."""

programme_line_versions = Table(
    "programme_line_versions",
    metadata,
    Column("line_id", Uuid(as_uuid=False), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    # Null: that version took the line out of the map.
    Column("programme", Text),
    Column("budget_head", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False, index=True),
)
"""What each version of a buyer's map said of a line; its codes and day stand in
`programme_lines`."""

projected_offsets = Table(
    "projected_offsets",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
"""How far these tables, wherever they stand, are projected: past this offset of each partition."""

payees = Table(
    "payees",
    metadata,
    Column("supplier_id", Uuid(as_uuid=False), primary_key=True),
    Column("buyer", Text, primary_key=True),
    Column("withheld_id", Uuid(as_uuid=False), nullable=False),
    Index("payees_by_withheld_id", "withheld_id"),
    Index("payees_by_buyer", "buyer", "supplier_id"),
    Index("payees_of_buyer", "buyer", "withheld_id"),
)
"""Suppliers as those whom a buyer paid, or agreed something with, and the id under which they are
shown to whoever may not see the name (withheld_ids.py). None is taken away."""
