"""Bounces: delivery status notifications (RFC 3464), read for what they say of our messages."""

import email
import hashlib
import re
from dataclasses import dataclass
from email.message import Message
from email.policy import Compat32

from services.notify.channels.outcome import Kind, Outcome, kept, without_mailboxes
from shared.errors import Rejected

_ADDRESSED = (
    *("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To"),
    "Original-Envelope-Id",
)
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
_LONGEST = 300
_LARGEST = 1024 * 1024
_MOST_BOUNDARIES = 50  # mails within mails take the standard library the square of their depth
_LONGEST_HEADER = 2048
_ARRIVED = {"delivered", "relayed", "expanded"}


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a mail server says: `named` is the text in which it names the message.

    `digest` is the same for the same bounce, by whichever way it came.
    """

    digest: str
    named: str
    status: str
    outcome: Outcome


class _Headers(Compat32):
    """Headers as they stand, cut where they are longer than any that a bounce is read by.

    The default policy reads addresses and encoded words in time that grows with the square of
    their length, or runs out of stack; parameters, which this one reads too, also need the cut. A
    long header is no reason to refuse: what filters of spam add has several KB.
    """

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER]


_POLICY = _Headers()


def check_size(raw: bytes) -> None:
    """Raise Rejected for more than a delivery status notification can be."""
    if len(raw) > _LARGEST or raw.lower().count(b"boundary=") > _MOST_BOUNDARIES:
        raise Rejected("the mail is larger than a delivery status notification can be")


def read_bounce(raw: bytes, recipient: str = "") -> Bounce:
    """Read a delivery status notification, `recipient` being to whom it was delivered.

    Raises Rejected for any other mail.
    """
    check_size(raw)
    try:
        return _read(raw, recipient)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise Rejected("the mail can't be read") from error


def _read(raw: bytes, recipient: str) -> Bounce:
    mail = email.message_from_bytes(raw, policy=_POLICY)
    parts = list(mail.walk())
    report = next((one for one in parts if _is(one, "message/delivery-status")), None)
    if not _is(mail, "multipart/report") or report is None:
        raise Rejected("not a delivery status notification: no multipart/report of RFC 3464")
    blocks = [one for one in report.get_payload() if isinstance(one, Message)]
    of_recipients = [one for one in blocks if one.get("Action")]
    if not of_recipients:
        raise Rejected("the delivery status names no recipient with an action", "Action")
    named = [recipient, *(_texts(mail, *_ADDRESSED)), *_texts(blocks[0], *_ADDRESSED)]
    returned = [_returned(one) for one in parts if _is_returned(one)]
    named += [text for one in returned for text in _texts(one, "Message-ID")]
    status, outcome = _judge(of_recipients)
    own = [*_texts(mail, "Message-ID", "Date"), *(_said(block) for block in blocks)]
    digest = hashlib.sha256("\n".join(own).encode(errors="replace")).hexdigest()
    return Bounce(digest, "\n".join(text for text in named if text), status, outcome)


def _said(block: "Message") -> str:
    """The fields of a block, the same by whichever line ends they came."""
    return "\n".join(f"{name}: {' '.join(str(value).split())}" for name, value in block.items())


def _judge(blocks: "list[Message]") -> tuple[str, Outcome]:
    """What it means for the message, by what it says of each mailbox behind its address.

    One that arrived, or still may, counts before one that did not: the address may be a list.
    """
    by_action = {_text(one, "Action").lower(): one for one in reversed(blocks)}
    arrived = next((by_action[one] for one in by_action if one in _ARRIVED), None)
    block = arrived or by_action.get("delayed") or by_action.get("failed")
    if block is None:
        raise Rejected("the action is none of RFC 3464", "Action")
    action = _text(block, "Action").lower()
    # Facts are kept for ever.
    diagnostic = without_mailboxes(_text(block, "Diagnostic-Code"))
    status = _status(_text(block, "Status")) or _status(diagnostic)
    kind, said = _meaning(action, status)
    detail = ": ".join(part for part in (f"{said} ({status or action})", diagnostic) if part)
    response = kept(_said(block).encode(errors="replace"))
    return status, Outcome(kind, None, detail[:_LONGEST], response)


def _meaning(action: str, status: str) -> tuple[Kind, str]:
    if action in _ARRIVED:
        return "delivered", "the mail server reports that it arrived"
    if action == "delayed":
        return "waiting", "the mail server reports a delay and goes on trying"
    if status.startswith("4"):
        return "retry", "the mail server has given up for now"
    if says_address_is_dead(status):
        return "gone", "the mail server reports that the mailbox takes no mail"
    return "failed", "the mail server reports that this message is refused"


def says_address_is_dead(status: str) -> bool:
    """Whether a permanent failure is the address's and not the message's or the sender's own.

    RFC 3463: x.3 is of the mail system, x.6 of the content, x.7 of policy, x.2.2 and x.2.3 of a
    mailbox that is full or takes no large mail. None of them says that nobody is there.
    """
    found = _STATUS.fullmatch(status)
    if found is None:
        return True
    _, subject, about = found.groups()
    return subject not in ("3", "6", "7") and (subject, about) not in (("2", "2"), ("2", "3"))


def _status(text: str) -> str:
    found = _STATUS.search(text)
    return found.group() if found else ""


def _is(part: "Message", kind: str) -> bool:
    return part.get_content_type() == kind


def _is_returned(part: "Message") -> bool:
    return _is(part, "message/rfc822") or _is(part, "text/rfc822-headers")


def _returned(part: "Message") -> "Message":
    """The mail that came back, or its headers."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return payload[0] if payload and isinstance(payload[0], Message) else Message()
    return email.message_from_bytes(_decoded(part), policy=_POLICY)


def _decoded(part: "Message") -> bytes:
    raw = part.get_payload(decode=True)
    return raw if isinstance(raw, bytes) else b""


def _texts(part: "Message", *names: str) -> list[str]:
    return [str(value) for name in names for value in part.get_all(name, [])]


def _text(part: "Message", name: str) -> str:
    said = " ".join(" ".join(_texts(part, name)[:1]).split())
    return "".join(letter for letter in said if letter.isprintable())
