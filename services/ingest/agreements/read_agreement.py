"""What an event says of an agreement, once it is found usable."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.ingest.agreements.agreement import Said
from services.ingest.agreements.agreement_terms import as_kept, check_terms
from services.ingest.arrivals.withheld import digest_of_contacts
from services.ingest.buyers.buyer import Buyers, find_buyer
from shared.envelope import Envelope, read_posted
from shared.errors import Rejected
from shared.events import (
    AgreementEndPosted,
    AgreementPosted,
    AgreementVariationPosted,
    ContactsPosted,
    PostedTerms,
)
from shared.identity import agreement_id, identify

LARGEST_AGREEMENT = 1024 * 1024
"""Bytes that one posted agreement may have."""

Posted = AgreementPosted | AgreementVariationPosted | AgreementEndPosted | ContactsPosted
_UK = ZoneInfo("Europe/London")
_POSTED: dict[str, type[Posted]] = {
    fact.TYPE: fact
    for fact in (AgreementPosted, AgreementVariationPosted, AgreementEndPosted, ContactsPosted)
}


def read_agreement(event: Envelope, buyers: Buyers, now: datetime) -> Said:
    """What an event says of an agreement.

    Rejected: another type, an unknown buyer, terms that contradict themselves, contacts confirmed
    after the day that it is in the United Kingdom: no later list could ever replace them.
    """
    fact = _POSTED.get(event.type)
    if fact is None:
        raise Rejected(
            f"an event of this type is not taken here: {', '.join(_POSTED)} are expected", "type"
        )
    posted = read_posted(fact, event.data)
    find_buyer(buyers, posted.buyer)
    if isinstance(posted, ContactsPosted) and posted.confirmed_on > now.astimezone(_UK).date():
        raise Rejected("confirmed_on lies ahead: nobody can have confirmed yet", "confirmed_on")
    if isinstance(posted, PostedTerms):
        check_terms(posted)
        data = as_kept(posted)
    else:
        data = posted.model_dump(mode="json", exclude_none=True)
    event_id = identify("agreement-event", posted.buyer, event.source, event.id)
    if isinstance(posted, ContactsPosted):
        data = {**data, "digest": digest_of_contacts(event_id, data)}
    return Said(
        event_id,
        agreement_id(posted.buyer, posted.reference),
        event.type,
        data,
    )
