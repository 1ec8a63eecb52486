"""The mail of a message: headers that can't be forged through it, text and HTML of one wording."""

from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr

from services.notify.wording.message import Message
from shared.errors import Misconfigured, Rejected

_UNFOLDED = {"list-unsubscribe", "message-id"}


class _MailPolicy(EmailPolicy):
    """Folds as RFC 5322 asks, but leaves addresses of the web and ids whole: readers need them so.

    The standard library would encode what is longer than a line (RFC 2047), where it may not be.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _MailPolicy(linesep=SMTP.linesep, max_line_length=78, cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Sender:
    """In whose name mail is sent, and where answers go."""

    mail_from: Address
    reply_to: Address | None = None

    @classmethod
    def of(cls, mail_from: str, reply_to: str | None = None) -> "Sender":
        """From what an operator wrote: `Name <mailbox@domain>`; Misconfigured where it is not."""
        return cls(read_address(mail_from), read_address(reply_to) if reply_to else None)


def read_address(text: str) -> Address:
    """One address with its name, if any; raises Misconfigured."""
    name, mailbox = parseaddr(text)
    try:
        address = Address(name, addr_spec=mailbox)
        whole = bool(address.username) and address.domain.isascii() and text.isprintable()
    except (ValueError, IndexError, HeaderParseError):
        whole = False
    if not whole or not address.domain:
        raise Misconfigured(f"{text!r} is not an address such as Name <mailbox@domain>")
    return address


def compose(
    sender: Sender,
    address: str,
    token: str,
    message: Message,
    written: datetime,
    unsubscribe: str | None = None,
) -> bytes:
    """The mail as it goes over the wire, 7-bit, no line longer than 998 bytes.

    Sent again it has the same Message-ID and Date, so that it is seen as the same. `unsubscribe`
    is where one click ends it (RFC 8058). Raises Rejected where the address can't stand in a mail.
    """
    mail = EmailMessage(_POLICY)
    mail["From"] = sender.mail_from
    mail["To"] = _recipient(address)
    if sender.reply_to is not None:
        mail["Reply-To"] = sender.reply_to
    mail["Subject"] = _one_line(message.subject)
    mail["Message-ID"] = f"<{token}@{sender.mail_from.domain}>"
    mail["Date"] = format_datetime(written)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices back, please
    if unsubscribe is not None:
        mail["List-Unsubscribe"] = f"<{_one_line(unsubscribe)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"={token}")  # the same mail, byte for byte, each time
    return mail.as_bytes()


def _recipient(address: str) -> Address:
    try:
        recipient = Address(addr_spec=address)
        whole = bool(recipient.username and recipient.domain) and address.isprintable()
    except (ValueError, IndexError, HeaderParseError):
        whole = False
    if not whole or not address.isascii():
        raise Rejected("the address is not a mailbox that mail can be sent to", "address")
    return recipient


def _one_line(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())
