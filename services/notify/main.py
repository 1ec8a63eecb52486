"""Wires notify: the only place, with the timer's clock, that reads settings and time."""

import secrets
from datetime import UTC, date, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.acknowledgements.link import Links
from services.notify.after_end.sweep_payments import Sweep, sweep_payments
from services.notify.calendars.keep_calendars import keep_shipped_calendars, warn_where_it_ends
from services.notify.channels.govuk_notify import GovukNotifyChannel
from services.notify.channels.webhook import WebhookChannel
from services.notify.contacts.record_contacts import keep_contacts_reachable
from services.notify.deliveries.deliver import Deliverer, Pace
from services.notify.deliveries.follow_sent import Follower
from services.notify.deliveries.send import Channels
from services.notify.handlers import (
    handle_agreements,
    handle_buyers,
    handle_contacts,
    handle_suppliers,
)
from services.notify.planning.adopt_plans import adopt_plans
from services.notify.planning.plan import SHIPPED, load_plans
from services.notify.queries.keys import LINKS_KEY, kept_key
from services.notify.raise_what_is_due import steps_due
from services.notify.routes.acknowledgements import acknowledgement_routes
from services.notify.routes.bounces import bounce_routes
from services.notify.routes.door import SubscriptionDoor
from services.notify.routes.examples import EXAMPLES
from services.notify.routes.notices import notice_routes
from services.notify.routes.notifications import notification_routes
from services.notify.routes.subscription_acts import subscription_act_routes
from services.notify.routes.subscriptions import subscription_routes
from services.notify.routes.unsubscribe import unsubscribe_routes
from services.notify.settings import Settings
from services.notify.steps import Steps
from services.notify.subscriptions.addresses import check_anywhere, check_public
from services.notify.timer import Timer
from services.notify.wire_channels import (
    email_channel,
    given_key,
    govuk_notify_channel,
    return_paths_of,
)
from services.notify.wording.message import Wordings
from shared.database import check_schema, open_engine, unanswered
from shared.door.web import open_door
from shared.kafka.consumers import Consumers
from shared.logs import logger
from shared.outbox import Relay
from shared.service import Service, guard_of
from shared.topics import create_topics

_CONNECTIONS = 12
_UK = ZoneInfo("Europe/London")


def clock() -> datetime:
    """The instant that it is."""
    return datetime.now(UTC)


def today() -> date:
    """The day that it is in the United Kingdom, by which notices count."""
    return clock().astimezone(_UK).date()


def build(settings: Settings) -> Service:
    """The service, wired."""
    engine = open_engine(settings.database, settings.schema_name, connections=_CONNECTIONS)
    consumers = Consumers(settings)
    plans = load_plans(settings.plans or SHIPPED)
    wordings = Wordings(settings.templates)
    given = given_key(settings)
    links = Links(settings.links_lead_to, timedelta(days=settings.link_days), given)
    return_paths = return_paths_of(settings)
    webhooks = WebhookChannel(
        allow_private=settings.allow_private_webhooks,
        connect_seconds=settings.connect_seconds,
        total_seconds=settings.total_seconds,
        connections=settings.delivery_slots,
    )
    email = email_channel(settings, return_paths)
    govuk_notify = govuk_notify_channel(settings)
    channels = Channels(webhooks, email, govuk_notify)
    email_is_set_up = email is not None
    warn_where_links_lead(settings, sends=email_is_set_up or govuk_notify is not None)
    deliverer = Deliverer(engine, channels, wordings, links, pace(settings), clock)

    async def adopt() -> None:
        await adopt_plans(engine, plans, clock())
        await keep_contacts_reachable(engine, today(), clock(), email_is_set_up=email_is_set_up)
        warn_where_it_ends(await keep_shipped_calendars(engine, clock()), today())

    async def learn_key() -> None:
        if not given:
            key = await kept_key(engine, LINKS_KEY, secrets.token_urlsafe(32))
            links.use(key)
            return_paths.use(key)

    steps = steps_due(engine, clock, today, deliverer.wake)
    timer = Timer("raising what is due", settings.timer_seconds, steps)
    sweeper = payments_sweeper(settings, engine)

    async def ready() -> list[str]:
        return [
            *await unanswered(engine),
            *consumers.unready(),
            *relay.unready(),
            *timer.unready(),
            *sweeper.unready(),
        ]

    app = open_door(
        "Local Pound: notify",
        "Watches every date that an agreement brings and tells the right people in time.",
        ready,
        audit=engine,
        examples=EXAMPLES,
    )
    guard = guard_of(settings)
    officer = guard.require("notices:write")
    # Of these, the routes hold a provider to what is sent to its own organisation.
    either = guard.require("notices:write", providers=True)
    subscriptions = SubscriptionDoor(
        engine,
        either,
        check_anywhere if settings.allow_private_webhooks else check_public,
        clock,
        today,
        email_is_set_up=email_is_set_up,
        govuk_notify_is_set_up=govuk_notify is not None,
    )
    app.include_router(subscription_routes(subscriptions))
    app.include_router(subscription_act_routes(subscriptions))
    app.include_router(unsubscribe_routes(subscriptions, links, wordings))
    app.include_router(notification_routes(engine, either))
    app.include_router(notice_routes(engine, officer, clock, today))
    app.include_router(
        acknowledgement_routes(engine, either, links, wordings, clock, locked=guard.locked)
    )
    app.include_router(
        bounce_routes(
            engine,
            guard.require("bounces:write"),
            return_paths,
            settings.delivery_schedule,
            clock,
        )
    )
    handle_agreements(consumers, engine, clock, today)
    handle_suppliers(consumers, engine, clock, today)
    handle_buyers(consumers, engine, clock)
    handle_contacts(consumers, engine, clock, today, email_is_set_up=email_is_set_up)
    relay = Relay(engine, settings.schema_name, settings.brokers, settings.topic_prefix)
    return Service(
        app,
        consumers,
        loops=(
            relay.run,
            timer.run,
            sweeper.run,
            deliverer.run,
            *([follower(settings, engine, govuk_notify).run] if govuk_notify else []),
        ),
        before=(
            partial(check_schema, engine, settings.service, settings.schema_name),
            partial(create_topics, settings.brokers, prefix=settings.topic_prefix),
            adopt,
            learn_key,
        ),
        after=(
            webhooks.close,
            *(one.close for one in (email, govuk_notify) if one),
            engine.dispose,
        ),
    )


def warn_where_links_lead(settings: Settings, *, sends: bool) -> None:
    """Say loudly that nobody elsewhere can open the links of what is sent.

    It goes on all the same: a demonstration sends to a mailbox on its own machine.
    """
    host = urlsplit(settings.links_lead_to).hostname or ""
    if sends and (host == "localhost" or _is_loopback(host)):
        logger.warning(
            "links.lead_to_this_machine",
            url=settings.links_lead_to,
            why="readers of messages on other machines can't acknowledge them: set "
            "LOCALPOUND_NOTIFY_PUBLIC_URL to where they reach this service",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def pace(settings: Settings) -> Pace:
    """How deliveries are made."""
    return Pace(
        schedule=settings.delivery_schedule,
        lease=timedelta(seconds=settings.delivery_lease_seconds),
        slots=settings.delivery_slots,
        slow=settings.delivery_slots_slow,
        each=settings.delivery_slots_each,
        emails=settings.smtp_connections,
        idle_seconds=settings.delivery_idle_seconds,
        govuk_notify=settings.govuk_notify_threads,
    )


def payments_sweeper(settings: Settings, engine: AsyncEngine) -> Timer:
    """Who looks for payments to those whose agreements ended."""
    sweep = Sweep(
        settings.brokers,
        settings.topic_prefix,
        timedelta(seconds=settings.payments_every_seconds),
        settings.payments_turn_seconds,
    )
    step = partial(sweep_payments, engine, sweep, clock, today)
    name = "looking through payments"
    return Timer(name, settings.timer_seconds, Steps({name: step}))


def follower(settings: Settings, engine: AsyncEngine, channel: GovukNotifyChannel) -> Follower:
    """Who asks what became of messages at GOV.UK Notify."""
    return Follower(
        engine,
        channel,
        settings.delivery_schedule,
        timedelta(seconds=settings.delivery_lease_seconds),
        clock,
        at_most=settings.govuk_notify_threads,
        idle_seconds=1.0,
    )
