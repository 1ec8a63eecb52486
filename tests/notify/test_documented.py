"""What docs/operations.md shows of contacts and notices is taken as it stands there."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from services.notify.notices.notice_wish import NoticeWish
from shared.envelope import open_structured, read_posted
from shared.events import ContactsPosted

_OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
_BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)
TODAY = datetime(2026, 11, 25, tzinfo=UTC).date()


def shown(says: str) -> str:
    text = _OPERATIONS.read_text(encoding="utf-8")
    [found] = [block for block in _BLOCK.findall(text) if says in block]
    return str(found)


def test_the_contacts_that_are_shown_can_be_posted() -> None:
    event = open_structured(shown("contacts.named.v1").encode())
    assert event.type == ContactsPosted.TYPE
    posted = read_posted(ContactsPosted, event.data)
    assert posted.confirmed_on <= TODAY
    assert [one.party for one in posted.contacts] == ["provider"]


def test_the_notice_that_is_shown_can_be_recorded() -> None:
    wish = NoticeWish.model_validate_json(json.dumps(json.loads(shown("non-renewal"))))
    assert (wish.kind, wish.given_by) == ("non-renewal", "buyer")
    assert wish.service is not None
