"""Wires the ways out by mail, as main.py does the rest: from settings."""

from uuid import UUID

from services.notify.channels.email import EmailChannel
from services.notify.channels.govuk_notify import Account, GovukNotifyChannel
from services.notify.channels.mail import Sender, read_address
from services.notify.channels.return_path import ReturnPaths
from services.notify.channels.smtp import PORTS, SmtpRelay
from services.notify.settings import Settings


def email_channel(settings: Settings, return_paths: ReturnPaths) -> EmailChannel | None:
    """The way out by email, where an SMTP relay is set."""
    if settings.smtp_host is None:
        return None
    relay = SmtpRelay(
        settings.smtp_host,
        settings.smtp_port or PORTS[settings.smtp_tls],
        settings.smtp_tls,
        settings.smtp_ca_file,
        settings.smtp_username,
        settings.smtp_password,
    )
    sender = Sender.of(settings.mail_from, settings.mail_reply_to)
    return EmailChannel(relay, sender, return_paths, total_seconds=settings.total_seconds)


def govuk_notify_channel(settings: Settings) -> GovukNotifyChannel | None:
    """The way out by GOV.UK Notify, where an account is set, for all buyers or for some."""
    buyers = {
        buyer: Account(own.api_key, str(own.template), _text(own.reply_to))
        for buyer, own in settings.govuk_notify_buyers.items()
    }
    key, template = settings.govuk_notify_api_key, settings.govuk_notify_template
    reply_to = _text(settings.govuk_notify_reply_to)
    default = Account(key, str(template), reply_to) if key and template else None
    if default is None and not buyers:
        return None
    return GovukNotifyChannel(
        default,
        buyers,
        settings.govuk_notify_url,
        total_seconds=settings.total_seconds,
        threads=settings.govuk_notify_threads,
    )


def return_paths_of(settings: Settings) -> ReturnPaths:
    """How mail is named, so that its bounces are found."""
    bounces = read_address(settings.bounce_address or settings.mail_from).addr_spec
    return ReturnPaths(bounces, given_key(settings), plus=settings.bounce_address is not None)


def _text(given: UUID | None) -> str | None:
    return str(given) if given else None


def given_key(settings: Settings) -> str:
    """The key that an operator gave; empty where the one in the database is meant."""
    return settings.link_key.get_secret_value() if settings.link_key else ""
