"""Deliver notifications: many at once, each until it is received, given up or no longer holds.

What waits, and under whose lease, stands in PostgreSQL. A process that is killed loses nothing: its
leases run out and the same messages, under the same ids, are sent by another. A receiver that
hangs holds up only its own messages.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine

from services.notify.acknowledgements.link import Links
from services.notify.channels.outcome import Outcome
from services.notify.deliveries.delivery import judge_attempt
from services.notify.deliveries.finish_attempts import finish_attempts
from services.notify.deliveries.send import Channels, Clock, Sender
from services.notify.deliveries.together import Together
from services.notify.metrics import DELIVERIES, DELIVERY_SECONDS, IN_FLIGHT, WAITING
from services.notify.queries.claims import Claim, claim_due, oldest_waiting, which_hold
from services.notify.queries.deliveries import Finished, put_back, record_not_made
from services.notify.queries.sendings import next_open
from services.notify.wording.message import Wordings
from shared.database import DATABASE_ERRORS, begin
from shared.errors import LocalPoundError
from shared.logs import logger

_BREATH_SECONDS = 0.02  # between claims, so that one claim fills many slots


@dataclass(frozen=True, slots=True)
class Pace:
    """How deliveries are made: seconds before each attempt, and how many at once.

    `slots` are the attempts of this process at one time, `each` the most for one subscription,
    `emails` the connections to the SMTP relay, `govuk_notify` the requests to GOV.UK Notify. An
    attempt that has no answer after `patient_seconds` gives its slot back, so that receivers which
    hang delay nobody else; `slow` such attempts may be under way besides. Half a lease is longer
    than any attempt takes.
    """

    schedule: Sequence[float]
    lease: timedelta
    slots: int
    slow: int
    each: int
    emails: int
    idle_seconds: float
    patient_seconds: float = 1.0
    govuk_notify: int = 10


class Deliverer:
    """Makes the attempts of one process."""

    def __init__(
        self,
        engine: AsyncEngine,
        channels: Channels,
        wordings: Wordings,
        links: Links,
        pace: Pace,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._sender = Sender(engine, channels, wordings, links, clock)
        self._pace = pace
        self._clock = clock
        self._holds = Together[Claim, bool](partial(which_hold, engine))
        self._finish = Together[Finished, None](self._record)
        self._turns = {
            "email": asyncio.Semaphore(pace.emails),
            "govuk-notify": asyncio.Semaphore(pace.govuk_notify),
        }
        self._most = {
            "webhook": pace.slots + pace.slow,
            "email": 2 * pace.emails,
            "govuk-notify": 2 * pace.govuk_notify,
        }
        self._by_channel = Counter[str]()
        self._under_way: set[asyncio.Task[None]] = set()
        self._in_slots: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something to deliver now."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver for ever; attempts under way are finished when it is cancelled."""
        try:
            while True:
                self._woken.clear()
                try:
                    claimed = await self._begin_due()
                except DATABASE_ERRORS as error:
                    logger.warning("deliveries.interrupted", error=repr(error))
                    claimed = 0
                await asyncio.sleep(_BREATH_SECONDS)
                if not claimed:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), self._pace.idle_seconds)
        finally:
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=self._pace.lease.total_seconds())

    async def run_once(self) -> int:
        """Make every attempt that is due now; return how many were made."""
        made = 0
        while claimed := await self._begin():
            made += claimed
            await asyncio.gather(*self._under_way)
        return made

    async def _begin_due(self) -> int:
        """Begin the attempts that are due, and tell for how long one waits that none begins.

        While nothing is under way one read tells whether any is due, which most often there is not:
        to claim is a transaction.
        """
        if self._under_way:
            return await self._begin()
        since = await oldest_waiting(self._engine)
        waits = (self._clock() - since).total_seconds() if since else -1.0
        begun = await self._begin() if waits >= 0 else 0
        if not begun:
            WAITING.set(max(0.0, waits))
        return begun

    async def _begin(self) -> int:
        """Claim what free slots allow and begin the attempts; return how many."""
        free = self._pace.slots - len(self._in_slots)
        channels = [name for name, most in self._most.items() if self._by_channel[name] < most]
        if free <= 0 or not channels:
            return 0
        async with begin(self._engine) as tx:
            claims = await claim_due(
                tx,
                str(uuid4()),
                self._clock(),
                lease=self._pace.lease,
                channels=channels,
                at_most=free,
                each=self._pace.each,
            )
        for claim in claims:
            self._start(claim)
        IN_FLIGHT.set(len(self._under_way))
        return len(claims)

    def _start(self, claim: Claim) -> None:
        task = asyncio.ensure_future(self._attempt(claim))
        self._by_channel[claim.channel] += 1
        self._under_way.add(task)
        self._in_slots.add(task)
        patience = asyncio.get_running_loop().call_later(
            self._pace.patient_seconds, self._give_back, task
        )

        def done(_: asyncio.Task[None]) -> None:
            patience.cancel()
            self._by_channel[claim.channel] -= 1
            self._under_way.discard(task)
            self._give_back(task)
            IN_FLIGHT.set(len(self._under_way))

        task.add_done_callback(done)

    def _give_back(self, task: asyncio.Task[None]) -> None:
        self._in_slots.discard(task)
        self._woken.set()

    async def _attempt(self, claim: Claim) -> None:
        """One attempt. What fails on our side is no failure of the recipient's."""
        log = logger.bind(
            notification_id=claim.notification_id,
            event_id=claim.fact.event_id,
            agreement_id=claim.fact.agreement_id,
            attempt=claim.attempt,
        )
        try:
            async with self._turn(claim):
                if not await self._may_send(claim):
                    return
                started = time.perf_counter()
                outcome = await self._sender.send(claim)
            if outcome is None:
                return
            DELIVERY_SECONDS.labels(claim.channel).observe(time.perf_counter() - started)
            await self._finish(self._judge(claim, outcome))
        except DATABASE_ERRORS as error:
            # Nothing can be written now; the lease runs out and the attempt is made again.
            log.warning("delivery.interrupted", error=repr(error))
        except Exception as error:
            DELIVERIES.labels(claim.channel, "not-made").inc()
            log.exception("delivery.not_made")
            await self._postpone(claim, error)
        else:
            DELIVERIES.labels(claim.channel, outcome.kind).inc()
            log.info("delivery.made", outcome=outcome.kind, status=outcome.status)

    async def _postpone(self, claim: Claim, error: Exception) -> None:
        detail = str(error) if isinstance(error, LocalPoundError) else "an error of ours"
        now = self._clock()
        with contextlib.suppress(*DATABASE_ERRORS):
            async with begin(self._engine) as tx:
                await record_not_made(tx, claim, detail, now, now + self._pace.lease)

    def _turn(self, claim: Claim) -> AbstractAsyncContextManager[None]:
        return self._turns.get(claim.channel) or contextlib.nullcontext()

    async def _may_send(self, claim: Claim) -> bool:
        in_time = self._clock() < claim.lease_ends - self._pace.lease / 2
        # Last whether it holds: whatever is withdrawn meanwhile must not be sent.
        return in_time and await self._is_open(claim) and await self._holds(claim)

    async def _is_open(self, claim: Claim) -> bool:
        """Whether it is no quiet day of the subscriber's, or the message can't wait for another."""
        if not claim.prefers or claim.sending_rule is not None:
            return True
        now = self._clock()
        async with begin(self._engine) as tx:
            opens = await next_open(tx, claim.subscription_id, now)
            if opens > now:
                await put_back(tx, claim, opens)
        return opens <= now

    def _judge(self, claim: Claim, outcome: Outcome) -> Finished:
        verdict = judge_attempt(
            claim.notification_id, claim.tries + 1, outcome, self._pace.schedule, self._clock()
        )
        return Finished(claim, outcome, verdict)

    async def _record(self, finished: Sequence[Finished]) -> Sequence[None]:
        await finish_attempts(self._engine, finished, self._clock())
        return [None] * len(finished)
