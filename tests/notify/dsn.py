"""Delivery status notifications as mail servers write them."""

HOLDER = "bounces+{token}@localpound.example"
RETURNED = "Message-ID: <{token}@localpound.example>\r\nSubject: Serve notice\r\n"


def bounce(
    token: str,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <nobody@provider.example>: no such mailbox",
    *,
    to: str = HOLDER,
    returned: str = RETURNED,
    envelope_id: str = "",
    more: str = "",
) -> bytes:
    """As Postfix writes it; `more` are the blocks of further recipients."""
    envelope = f"Original-Envelope-Id: {envelope_id}\r\n" if envelope_id else ""
    return (
        f"""\
From: MAILER-DAEMON@provider.example (Mail Delivery System)
To: {to.format(token=token)}
Subject: Undelivered Mail Returned to Sender
Date: Wed, 25 Nov 2026 10:00:00 +0000 (GMT)
Message-ID: <20261125100000.{action}{status}@provider.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="B/1.localhost"

This is a MIME-encapsulated message.

--B/1.localhost
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B/1.localhost
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; provider.example
{envelope}Arrival-Date: Wed, 25 Nov 2026 09:59:59 +0000 (GMT)

Final-Recipient: rfc822; nobody@provider.example
Original-Recipient: rfc822;nobody@provider.example
Action: {action}
Status: {status}
Remote-MTA: dns; mail.provider.example
Diagnostic-Code: {diagnostic}

{more}
--B/1.localhost
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{returned.format(token=token)}
--B/1.localhost--
""".replace("\r\n", "\n")
        .replace("\n", "\r\n")
        .encode()
    )
