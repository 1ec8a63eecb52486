"""Ready-made lines to try against the running product; a test runs each of them."""

import json
import shlex
from datetime import date, datetime, timedelta
from typing import NamedTuple

from rich.console import Console
from sqlalchemy.engine import make_url

from deploy.demo import council, lines
from deploy.demo.guarded import GUARDED, PROVIDER, officer_token, provider_token
from deploy.demo.names import BY_NAME
from deploy.demo.payments import YEAR
from deploy.demo.receiver import Receiver
from deploy.demo.report import KNOWN_AT
from deploy.demo.running import Running
from deploy.demo.year_before import YEAR_BEFORE
from shared.topics import FINANCE_PAYMENTS

_PAYMENT = {
    "id": "TRY-1",
    "buyer": lines.BUYER,
    "payee": "THORNBECK HOSPICE",
    "payment_date": "2025-03-31",
    "amount": "1,250.00",
    "programme": "End of life",
    "place": lines.PLACE,
}


class Example(NamedTuple):
    """A line to paste into a terminal, and what it does."""

    does: str
    line: str


def examples(run: Running, receiver: Receiver, today: date, acknowledge: str) -> list[Example]:
    """Lines that work now, against these addresses; `acknowledge` is the link in a message."""
    api, ingest, classify, notify = map(run.services.url, ("api", "ingest", "classify", "notify"))
    supplier = _under_an_old_name(run)
    before = today + timedelta(days=183)
    wish = {
        "subscriber": f"GB-CHC-{BY_NAME['Thornbeck Hospice'].charity_number}",
        "channel": "webhook",
        "address": receiver.address("to-try"),
    }
    return [
        Example(
            "spend by Place and programme, under each definition, with coverage",
            _get(f"{api}/v1/spend?group_by=place,programme&financial_year={YEAR}"),
        ),
        Example(
            f"what was told of {YEAR_BEFORE} on a day (without the day: what is known now)",
            _get(
                f"{api}/v1/spend?buyer={lines.BUYER}&financial_year={YEAR_BEFORE}"
                f"&as_known_at={KNOWN_AT}"
            ),
        ),
        Example(
            "why it changed from year to year, to the penny",
            _get(
                f"{api}/v1/spend/bridge?buyer={lines.BUYER}&from={YEAR_BEFORE}&to={YEAR}"
                "&definition=community-interest"
            ),
        ),
        Example(
            "which of the council's own codes to map next (as text/csv: a sheet to fill in)",
            _get(f"{api}/v1/programmes/unmapped?buyer={council.BUYER}"),
        ),
        Example(
            "who gets most of it",
            _get(f"{api}/v1/organisations?definition=community-interest&limit=5"),
        ),
        Example(
            "the buyers and Places side by side (as text/csv: a sheet)",
            _get(f"{api}/v1/benchmarks?financial_year={YEAR}"),
        ),
        Example(
            "the twelve commitments and seven principles, measured",
            _get(f"{api}/v1/commitments/{lines.BUYER}/{YEAR}?net_uplift=0.4"),
        ),
        Example(
            "its contracts as they would be published: OCDS",
            _get(f"{api}/v1/exports/ocds?buyer={lines.BUYER}&financial_year={YEAR}"),
        ),
        Example(
            "the council's grants, as 360Giving publishes them",
            _get(f"{api}/v1/exports/360giving?buyer={council.BUYER}&financial_year={YEAR_BEFORE}"),
        ),
        Example(
            "its grants to VCSE organisations, as the Transparency Code lists them (a sheet)",
            _get(
                f"{api}/v1/exports/vcse-grants?buyer={council.BUYER}&financial_year={YEAR_BEFORE}"
                "&definition=community-interest"
            ),
        ),
        Example(
            "what a document prints of the statement, held against the rows (warnings: both)",
            _post(
                f"{api}/v1/statements/{lines.BUYER}/{YEAR}/claims",
                {
                    "claims": [
                        {"figure": "paid.total", "printed": "£19m", "source": "Board paper 7"}
                    ],
                    "who": "a reader of the demo",
                },
            ),
        ),
        Example(
            "why a supplier under an old name counts: the evidence",
            _get(f"{api}/v1/suppliers/{supplier}"),
        ),
        Example(
            "what ends or needs notice within half a year",
            _get(f"{api}/v1/renewals?before={before}&buyer={lines.BUYER}"),
        ),
        Example(
            "what a person must settle, with candidates (the answer says how to see the payees)",
            _get(f"{classify}/v1/reviews?limit=5"),
        ),
        Example("what is in quarantine", _get(f"{ingest}/v1/rejects?limit=5")),
        Example("who was told what, and each attempt", _get(f"{notify}/v1/notifications?limit=5")),
        Example("acknowledge the notice above", f"curl -s -X POST {shlex.quote(acknowledge)}"),
        Example(
            "post a payment (sent again, it changes nothing)",
            _post(f"{ingest}/v1/payments", _PAYMENT, "Idempotency-Key: try-1"),
        ),
        Example("subscribe a provider to notices", _post(f"{notify}/v1/subscriptions", wish)),
    ]


def _under_an_old_name(run: Running) -> str:
    """The supplier that the ledger names otherwise than the register does today."""
    provider = BY_NAME["Ravengarth Young People's Trust"]
    paid = run.get(
        "api", "/v1/payments", organisation=f"GB-CHC-{provider.charity_number}", limit=200
    )
    found = (each for each in paid["items"] if each["payee"] == provider.sometimes)
    return str(next(found)["supplier_id"])


def kafka_example(run: Running) -> Example:
    """The same payment by Kafka, with kcat, which not everybody has."""
    payment = {name: value for name, value in _PAYMENT.items() if name != "id"}
    headers = {"specversion": "1.0", "id": "TRY-2", "source": "/try", "type": "payment.posted.v1"}
    attributes = " ".join(f"-H ce_{name}={value}" for name, value in headers.items())
    topic = run.topic_prefix + FINANCE_PAYMENTS.name
    return Example(
        "post a payment by Kafka, where kcat is installed",
        f"echo {shlex.quote(json.dumps(payment))} | "
        f"kcat -P -b {run.addresses.kafka} -t {topic} -k {lines.BUYER} {attributes}",
    )


def token_examples(run: Running, now: datetime) -> list[Example]:
    """Lines for the door that asks for tokens: an officer's, then a provider's."""
    guarded = run.services.url(GUARDED)
    officer, provider = officer_token(now), provider_token(now)
    return [
        Example(
            "without a token nothing is told there",
            _get(f"{guarded}/v1/spend"),
        ),
        Example(
            "an officer of the ICB and of the council sees payees that others see withheld",
            f"export OFFICER={officer}\n"
            + _with("OFFICER", f"{guarded}/v1/payments?buyer={council.BUYER}&limit=3"),
        ),
        Example(
            f"{PROVIDER.name} sees its own payments, of both buyers",
            f"export PROVIDER={provider}\n"
            + _with("PROVIDER", f"{guarded}/v1/payments?limit=3&sort=-payment_date"),
        ),
        Example(
            "its own agreements, and nobody else's",
            _with("PROVIDER", f"{guarded}/v1/agreements"),
        ),
        Example(
            "the snippets of docs/integrators.md run with these",
            f"export LOCALPOUND_DOOR={guarded} LOCALPOUND_TOKEN=$OFFICER",
        ),
    ]


def show_beginnings(console: Console, run: Running) -> None:
    """A short table of where to begin, each an address that a browser opens."""
    api, classify = map(run.services.url, ("api", "classify"))
    year = f"{lines.BUYER}/{YEAR}"
    rows = (
        ("the annual statement, a page", f"{api}/v1/statements/{year}?format=html"),
        (
            "the same for a meeting, a zip",
            f"{api}/v1/packs/september-statement/{YEAR}?buyer={lines.BUYER}",
        ),
        ("every question of the query service", f"{api}/docs"),
        ("what each refusal means", f"{api}/problems"),
        ("what people must settle", f"{classify}/v1/reviews"),
    )
    console.print("\n[bold]Where to begin[/], in a browser")
    for what, url in rows:
        console.print(f"  {what:<36} {url}", soft_wrap=True, highlight=False, markup=False)


def show_examples(console: Console, run: Running, found: list[Example]) -> None:
    """Print the addresses and the lines, unwrapped so that they can be pasted."""
    console.print("\n[bold]To try[/]: each service shows its doors under /docs")
    for name in run.services.ports:
        said = "  api, with tokens" if name == GUARDED else ""
        console.print(f"  {name:9} {run.services.url(name)}{said}", highlight=False)
    console.print(f"  {'Kafka':9} {run.addresses.kafka}", highlight=False)
    database = make_url(run.addresses.database).render_as_string(hide_password=True)
    console.print(f"  {'database':9} {database}", highlight=False)
    for example in (_own_file(database, run.addresses.kafka), *found):
        console.print(f"\n  [dim]# {example.does}[/]", soft_wrap=True, highlight=False)
        console.print(example.line, soft_wrap=True, highlight=False, markup=False)


def _own_file(database: str, kafka: str) -> Example:
    """Read a file of spend dry, then import it, in a shell beside this one."""
    read = f".venv/bin/python -m services.ingest import april.xlsx --buyer {council.BUYER}"
    return Example(
        "a file of your own in the place of april.xlsx: what would be read of it, then the import",
        f"export LOCALPOUND_DATABASE={shlex.quote(database)} LOCALPOUND_KAFKA={kafka}\n"
        f"{read} --dry-run\n{read}",
    )


def _get(url: str) -> str:
    return f"curl -s {shlex.quote(url)}"


def _with(token: str, url: str) -> str:
    return f'curl -s -H "authorization: Bearer ${token}" {shlex.quote(url)}'


def _post(url: str, body: object, *headers: str) -> str:
    given = ["content-type: application/json", *headers]
    said = " ".join(f"-H {shlex.quote(header)}" for header in given)
    content = json.dumps(body, ensure_ascii=False)
    return f"curl -s {shlex.quote(url)} {said} -d {shlex.quote(content)}"
