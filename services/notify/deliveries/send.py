"""What one attempt sends, of a notification or of a digest, and by which way out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.acknowledgements.link import Links
from services.notify.channels.email import EmailChannel
from services.notify.channels.govuk_notify import GovukNotifyChannel
from services.notify.channels.outcome import Outcome
from services.notify.channels.webhook import WebhookChannel, compose
from services.notify.deliveries.digest import Told, compose_digest, digest_message
from services.notify.queries.claims import Claim
from services.notify.queries.digests import take_bundled
from services.notify.wording.message import Wordings, with_rule
from shared.database import begin
from shared.errors import Misconfigured

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways out. What is not set up can't be subscribed to."""

    webhook: WebhookChannel
    email: EmailChannel | None
    govuk_notify: GovukNotifyChannel | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Words the message of an attempt, with its links, and sends it."""

    engine: AsyncEngine
    channels: Channels
    wordings: Wordings
    links: Links
    clock: Clock

    async def send(self, claim: Claim) -> Outcome | None:
        """What an attempt comes to; None where nothing of a digest holds any more."""
        link = self.links.to(claim.notification_id, claim.created_at)
        unsubscribe = None
        if claim.fact.is_digest:
            unsubscribe = self.links.unsubscribe(claim.subscription_id, claim.created_at)
            told = await self._bundled(claim)
            if not told:
                return None
            message = digest_message(told, link)
            body = compose_digest(claim.fact, claim.notification_id, message, link, told)
        else:
            words = with_rule(claim.fact.words, claim.sending_rule)
            message = self.wordings.message(claim.fact.wording, claim.fact.buyer, words, link)
            body = compose(claim.fact, claim.notification_id, message, link)
        if claim.channel == "webhook":
            return await self.channels.webhook.send(
                claim.address, claim.secrets, claim.notification_id, body, self.clock()
            )
        if claim.channel == "govuk-notify":
            if self.channels.govuk_notify is None:
                raise Misconfigured("a subscription is by GOV.UK Notify, which is not set up")
            return await self.channels.govuk_notify.send(
                claim.address,
                claim.notification_id,
                message,
                claim.fact.buyer,
                again=claim.attempt > 1,
                unsubscribe=unsubscribe,
            )
        if self.channels.email is None:
            raise Misconfigured("a subscription is by email and no SMTP relay is set")
        return await self.channels.email.send(
            claim.address, claim.notification_id, message, claim.created_at, unsubscribe
        )

    async def _bundled(self, claim: Claim) -> list[Told]:
        """What a digest carries and still holds, each with its own link."""
        async with begin(self.engine) as tx:
            items = await take_bundled(tx, claim)
        found = []
        for item in items:
            link = self.links.to(item.notification_id, item.created_at)
            fact = item.fact
            message = self.wordings.message(fact.wording, fact.buyer, fact.words, link)
            found.append(Told(item.fact, item.notification_id, message, link))
        return found
