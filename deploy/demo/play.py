"""Plays the sample year through the running product until every record is accounted for."""

import asyncio
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from deploy.demo import council
from deploy.demo.accounts import THE_ICB, accounted, delivered, mapped, restated
from deploy.demo.finance_system import SOURCE, publish, records_of
from deploy.demo.lines import AGREEMENTS, BUYER, IN_RENEWAL, NOTICE_THIS_WEEK
from deploy.demo.receiver import Message, Receiver
from deploy.demo.registers import write_registers
from deploy.demo.running import Running
from deploy.demo.sample import Sample, Total, make_sample
from deploy.demo.steps import Steps, until
from deploy.demo.year_before import NOT_REGISTERED_YET, YEAR_BEFORE, Slip
from shared.identity import identify
from shared.money import format_pounds

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
    """Record the year before, then send the year by Kafka and by file, wait, and return it all."""
    sample = make_sample(today)
    with steps.step(f"{YEAR_BEFORE} is recorded month by month, with the registers of then"):
        of_then = folder / "then"
        of_then.mkdir()
        write_registers(of_then, but=NOT_REGISTERED_YET)
        run.command("deploy.demo.record_year_before", str(of_then))
    with steps.step("the registers are loaded anew, with a charity that was missing"):
        registers = folder / "registers"
        registers.mkdir()
        run.command("services.classify", "registers", "load", str(write_registers(registers)))
    with steps.step("two providers and the ICB subscribe to notices"):
        for path, (name, organisation) in enumerate(recipients().items()):
            _subscribe(run, receiver, f"to-{path}", name, organisation)
    by_kafka = records_of(sample)
    with steps.step(f"{len(by_kafka)} events are published to Kafka"):
        asyncio.run(publish(run.addresses.kafka, run.topic_prefix, by_kafka))
    with steps.step(f"a council's file of {len(sample.council_rows)} rows, and of its grants"):
        files = [str(council.write_council_file(folder)), str(council.GRANTS)]
        run.command("services.ingest", "import", *files, "--buyer", council.BUYER, "--quiet")
    with steps.step("the council's own codes are mapped to programmes and budget heads, by HTTP"):
        codes = council.write_codes(folder)
        told = {"buyer": council.BUYER, "who": "the demo"}
        run.send("ingest", "/v1/programmes/file", codes, told)
    with steps.step(f"a payment of {YEAR_BEFORE} is corrected"):
        _correct(run, sample.before.slip)
        until(
            lambda: restated(run, sample),
            within=_PATIENCE_SECONDS,
            what=f"{YEAR_BEFORE} as it is known today",
        )
    with steps.step("every record is accounted for, and every supplier classified"):
        totals, rejects = until(
            lambda: accounted(run, sample),
            within=_PATIENCE_SECONDS,
            what=f"{sample.recorded} records, accepted or quarantined",
        )
        until(
            lambda: mapped(run, {programme for _, programme, _ in council.CODES if programme}),
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


def _correct(run: Running, slip: Slip) -> None:
    right, wrong = format_pounds(slip.right), format_pounds(slip.posted)
    correction = {
        "revision": 0,
        "who": "R. Fellgate, finance",
        "reason": f"Keyed {wrong}; the invoice says {right}",
        "changes": {"amount": right},
    }
    payment = identify("payment", BUYER, SOURCE, slip.id)
    run.post("ingest", f"/v1/payments/{payment}/corrections", correction)


def _subscribe(run: Running, receiver: Receiver, path: str, name: str, organisation: str) -> None:
    wish = {
        "subscriber": organisation,
        "channel": "webhook",
        "address": receiver.address(path),
    }
    receiver.trust(path, name, run.post("notify", "/v1/subscriptions", wish)["secret"])
