"""Plays the sample year through the running product until every record is accounted for."""

import asyncio
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from deploy.demo import council
from deploy.demo.accounts import THE_ICB, accounted, delivered, mapped
from deploy.demo.finance_system import publish, records_of
from deploy.demo.lines import AGREEMENTS, BUYER, IN_RENEWAL, NOTICE_THIS_WEEK
from deploy.demo.receiver import Message, Receiver
from deploy.demo.registers import write_registers
from deploy.demo.running import Running
from deploy.demo.sample import Sample, Total, make_sample
from deploy.demo.steps import Steps, until

SETTINGS = {
    # The receiver is on this machine, which no webhook may reach otherwise.
    "LOCALPOUND_NOTIFY_ALLOW_PRIVATE_WEBHOOKS": "true",
    "LOCALPOUND_NOTIFY_TIMER_SECONDS": "1",
    # Invented as all else: a publisher has them from Open Contracting and from 360Giving.
    "LOCALPOUND_API_OCID_PREFIX": "ocds-000000",
    "LOCALPOUND_API_GRANT_PREFIX": "360G-demo",
}
DEFINITIONS = ("registered-charity", "community-interest")
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Played:
    """What was sent, and what became of it."""

    sample: Sample
    totals: dict[tuple[str, str], Total]
    rejects: list[dict[str, Any]]
    messages: list[Message]

    @property
    def accepted(self) -> Total:
        """What stands in the read model."""
        return Total(
            sum(total.lines for total in self.totals.values()),
            sum(total.pence for total in self.totals.values()),
        )


def recipients() -> dict[str, str]:
    """Who is told of notices: the two providers whose agreements are near, and the buyer."""
    by_reference = {agreement.reference: agreement for agreement in AGREEMENTS}
    providers = [by_reference[each].provider for each in (NOTICE_THIS_WEEK, IN_RENEWAL)]
    return {
        **{each.name: f"GB-CHC-{each.charity_number}" for each in providers},
        THE_ICB: BUYER,
    }


def play(run: Running, steps: Steps, receiver: Receiver, folder: Path, today: date) -> Played:
    """Load registers, subscribe, send the year by Kafka and by file, wait, and return it all."""
    sample = make_sample(today)
    with steps.step("registers of invented organisations are loaded"):
        registers = folder / "registers"
        registers.mkdir()
        run.command("services.classify", "registers", "load", str(write_registers(registers)))
    with steps.step("two providers and the ICB subscribe to notices"):
        for path, (name, organisation) in enumerate(recipients().items()):
            _subscribe(run, receiver, f"to-{path}", name, organisation)
    by_kafka = records_of(sample)
    with steps.step(f"{len(by_kafka)} events are published to Kafka"):
        asyncio.run(publish(run.addresses.kafka, run.topic_prefix, by_kafka))
    with steps.step(f"a council's file of {len(sample.council_rows)} rows is imported"):
        file = str(council.write_council_file(folder))
        run.command(
            "services.ingest", "import", file, "--buyer", council.BUYER, "--json", "--quiet"
        )
    with steps.step("the council's own codes are mapped to programmes"):
        codes = str(council.write_codes(folder))
        run.command("services.ingest", "programmes", "load", codes, "--buyer", council.BUYER)
    with steps.step("every record is accounted for, and every supplier classified"):
        totals, rejects = until(
            lambda: accounted(run, sample),
            within=_PATIENCE_SECONDS,
            what=f"{sample.sent} records, accepted or quarantined",
        )
        until(
            lambda: mapped(run, {programme for _, programme in council.CODES if programme}),
            within=_PATIENCE_SECONDS,
            what="each programme that the council's codes are mapped to",
        )
    with steps.step("notices are raised, signed and delivered"):
        messages = until(
            lambda: delivered(run, receiver, today),
            within=_PATIENCE_SECONDS,
            what="a message for each subscriber of each notice that was raised",
        )
    return Played(sample, totals, rejects, messages)


def _subscribe(run: Running, receiver: Receiver, path: str, name: str, organisation: str) -> None:
    wish = {
        "subscriber": organisation,
        "channel": "webhook",
        "address": receiver.address(path),
    }
    receiver.trust(path, name, run.post("notify", "/v1/subscriptions", wish)["secret"])
