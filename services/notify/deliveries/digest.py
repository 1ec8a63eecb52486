"""Many messages as one: what people read of it, and what a receiver of webhooks gets."""

from collections.abc import Sequence
from html import escape
from string import Template
from typing import NamedTuple

import orjson

from services.notify.channels.webhook import compose
from services.notify.telling.fact import SOURCE, FactToTell
from services.notify.wording.message import SHIPPED, Message

_CONFIRM = "Please confirm that the right person has read all of this"
_PAGE = Template((SHIPPED / "page.html").read_text(encoding="utf-8"))


class Told(NamedTuple):
    """One message of a digest, with the link that acknowledges it alone."""

    fact: FactToTell
    notification_id: str
    message: Message
    link: str


def digest_message(told: Sequence[Told], link: str) -> Message:
    """The messages below each other; `link` acknowledges all of them together."""
    subject = told[0].message.subject
    if len(told) > 1:
        subject = f"{len(told)} messages about your agreements"
    parts = [
        f"{number}. {one.message.subject}\n\n{one.message.text}"
        for number, one in enumerate(told, 1)
    ]
    text = "\n\n".join([*parts, f"{_CONFIRM}: {link}"]) + "\n"
    said = "\n".join(_section(one) for one in told)
    asked = f'<p><a href="{escape(link)}">{_CONFIRM}</a>.</p>'
    return Message(subject, text, _PAGE.substitute(title=escape(subject), body=f"{said}\n{asked}"))


def _section(told: Told) -> str:
    paragraphs = []
    for paragraph in told.message.text.strip().split("\n\n"):
        said, found, after = paragraph.partition(told.link)
        link = f'<a href="{escape(found)}">{escape(found)}</a>' if found else ""
        paragraphs.append(f"<p>{escape(said)}{link}{escape(after)}</p>")
    return "\n".join([f"<h2>{escape(told.message.subject)}</h2>", *paragraphs])


def compose_digest(
    digest: FactToTell, notification_id: str, message: Message, link: str, told: Sequence[Told]
) -> bytes:
    """A CloudEvent whose data lists those that it carries, each as it would have come by itself."""
    items = [
        orjson.Fragment(compose(one.fact, one.notification_id, one.message, one.link))
        for one in told
    ]
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": digest.event_id,
            "source": SOURCE,
            "type": digest.event_type,
            "subject": digest.subject,
            "time": digest.recorded_at.isoformat(),
            "datacontenttype": "application/json",
            "notificationid": notification_id,
            "message": message.text,
            "acknowledgeurl": link,
            "data": {"subscription_id": digest.subject, "items": items},
        }
    )
