"""What the demo shows of the sample year, read from the product's own doors."""

from collections import Counter
from datetime import date
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from deploy.demo import council, figures, lines
from deploy.demo.accounts import THE_ICB
from deploy.demo.lines import AGREEMENTS, NOTICE_THIS_WEEK
from deploy.demo.payments import YEAR
from deploy.demo.play import DEFINITIONS, Played
from deploy.demo.receiver import Message
from deploy.demo.running import Running
from deploy.demo.sample import SENT_TWICE
from deploy.demo.tables import percent, pounds, say, show_table
from deploy.demo.year_before import NOT_REGISTERED_YET, YEAR_BEFORE
from shared.events import NoticeDue

_CLASSES = ("matched", "review", "unmatched", "redacted")
KNOWN_AT = date(2024, 6, 30)
"""A day on which the year before was closed, and neither corrected nor reclassified."""
BUYERS = {lines.BUYER: "the ICB, by Kafka", council.BUYER: "the council, by a file"}


def show_accounts(console: Console, played: Played) -> None:
    """What was sent against what became of it; the control totals, compared."""
    sample, accepted = played.sample, played.accepted
    equal = played.totals == sample.totals()
    before = len(sample.before.payments)
    console.print(
        f"\n[bold]Nothing lost, nothing counted twice.[/] {sample.sent} payments were sent, "
        f"{before} stood from the year before: {accepted.lines} accepted "
        f"({pounds(accepted.pence)}), {SENT_TWICE} had been sent before, "
        f"{len(played.rejects)} quarantined. Lines and pence of each buyer and month "
        f"{'equal' if equal else '[red]DO NOT equal[/]'} what was sent.",
        highlight=False,
    )


def show_quarantine(console: Console, played: Played) -> None:
    """What could not be used, and why."""
    show_table(
        console,
        "Quarantined, with its bytes and the reason",
        ("from", "field", "reason"),
        [(_origin(reject), reject["field"], reject["reason"]) for reject in played.rejects],
        figures_from=3,
    )


def _origin(reject: dict[str, Any]) -> str:
    kind, _, place = reject["origin"].partition(":")
    if kind == "file":
        return f"row {place.rpartition('/')[2]} of the file"
    topic, _, offset = place.rpartition("/")
    return f"Kafka, {topic.partition('/')[0].rpartition('finance.')[2]}, record {offset}"


def show_spend(console: Console, run: Running) -> dict[str, Any]:
    """Spend by programme and definition beside the paper's figures; the answer of `api`."""
    answer: dict[str, Any] = run.get(
        "api", "/v1/spend", group_by="programme", buyer=lines.BUYER, financial_year=YEAR
    )
    by_programme = {row["programme"]: row for row in answer["rows"]}
    agreed: Counter[str] = Counter()
    for agreement in AGREEMENTS:
        for line in agreement.lines:
            agreed[line.programme] += line.pounds * 100
    rows = [
        _spend_row(programme, by_programme[programme], f"£{printed}m", agreed[programme])
        for programme, printed in figures.PROGRAMMES.items()
    ]
    rows += [
        _spend_row(name or "not coded", row, "", None)
        for name, row in by_programme.items()
        if name not in figures.PROGRAMMES
    ]
    rows.append(_spend_row("All", answer, f"£{figures.TOTAL}m", agreed.total()))
    show_table(
        console,
        f"The ICB's spend of {YEAR} by programme and definition, beside section 2.3 of the paper",
        (
            "programme",
            "paper",
            "agreement lines",
            "paid, all suppliers",
            *(definition.replace("-", " ") for definition in DEFINITIONS),
            "matched",
        ),
        rows,
    )
    return answer


def _spend_row(name: str, row: dict[str, Any], printed: str, agreed: int | None) -> list[str]:
    return [
        name,
        printed,
        "" if agreed is None else pounds(agreed),
        pounds(row["amount"]),
        *(pounds(row["definitions"][definition]["amount"]) for definition in DEFINITIONS),
        percent(row["coverage"]["pounds"]["matched"]),
    ]


def show_remarks(console: Console, run: Running, answer: dict[str, Any]) -> None:
    """Where the paper's own figures can't hold together, and what the matching left open."""
    pence = [line.pounds * 100 for agreement in AGREEMENTS for line in agreement.lines]
    year = f"/v1/statements/{lines.BUYER}/{YEAR}"
    claims = {"who": "the demo", "claims": figures.claims()}
    for warning in run.post("api", f"{year}/claims", claims)["warnings"]:
        say(console, warning["sentence"])
    say(console, figures.hospices(pence))
    say(console, f"The whole statement, as a page: {run.services.url('api')}{year}?format=html")
    counted = answer["definitions"][DEFINITIONS[-1]]["amount"]
    gap = sum(pence) - round(float(counted) * 100)
    say(
        console,
        f"{pounds(gap)} of the agreement lines does not count yet: it was paid to a clerk's "
        "shortening of a name and to a group that no register has. Nothing is guessed: a person "
        "settles it, and one event restates the year.",
    )


def show_coverage(console: Console, run: Running) -> None:
    """How much of each buyer's pounds is matched."""
    answer = run.get("api", "/v1/spend", group_by="buyer", financial_year=YEAR)
    show_table(
        console,
        "How much of each buyer's pounds is known",
        (
            *("buyer", "lines", "pounds", *_CLASSES, DEFINITIONS[-1].replace("-", " ")),
            "of that in review",
        ),
        [
            (
                f"{row['buyer']} ({BUYERS.get(row['buyer'], 'posted since')})",
                f"{row['lines']:,}",
                pounds(row["amount"]),
                *(percent(row["coverage"]["pounds"][name]) for name in _CLASSES),
                percent(row["definitions"][DEFINITIONS[-1]]["share"]),
                percent(row["definitions"][DEFINITIONS[-1]]["unsettled"]["share"]),
            )
            for row in answer["rows"]
        ],
    )
    say(
        console,
        "Matched: the payee is surely an organisation of a register. In review: a person settles "
        "which one; where all that it may be are VCSE it counts under a definition meanwhile, so a "
        "definition's share can exceed what is matched. Unmatched: in none of the registers of the "
        "demo, which know charities and community companies only, no firms or public bodies.",
    )


def show_bridge(console: Console, run: Running) -> None:
    """The change on the year before, from what was told of it on a day to what is known now."""
    answer = run.get(
        *("api", "/v1/spend/bridge"),
        **{"from": YEAR_BEFORE, "to": YEAR, "from_known_at": KNOWN_AT.isoformat()},
        buyer=lines.BUYER,
        definition=DEFINITIONS[-1],
    )
    first, last = (answer[end]["definitions"][DEFINITIONS[-1]]["amount"] for end in ("from", "to"))
    show_table(
        console,
        f"Why the ICB's {DEFINITIONS[-1].replace('-', ' ')} spend changed, to the penny",
        ("", "pounds", "of providers that rose", "and that fell"),
        [
            (f"{YEAR_BEFORE}, as it was known on {KNOWN_AT:%d %B %Y}", pounds(first), "", ""),
            *(
                (
                    each["component"].replace("-", " "),
                    *(pounds(each[name]) for name in ("amount", "increase", "decrease")),
                )
                for each in answer["components"]
            ),
            (f"{YEAR}, as it is known today", pounds(last), "", ""),
        ],
    )
    say(
        console,
        f"Corrected: a payment of {YEAR_BEFORE} was keyed with two digits changed. Reclassified: "
        f"{NOT_REGISTERED_YET} was in no register that was loaded until today. Both restated "
        "the year, and what was told of it before stays there to be asked for.",
    )


def show_programmes(console: Console, run: Running) -> None:
    """The council's spend by its own map of codes, and which codes to map next."""
    answer = run.get(
        *("api", "/v1/spend"),
        group_by="budget_head,programme",
        buyer=council.BUYER,
        financial_year=YEAR,
    )
    show_table(
        console,
        "The council's own codes, mapped to budget heads and programmes: what is not is not hidden",
        ("budget head", "programme", "by", "lines", "pounds"),
        [
            (
                row["budget_head"] or "none",
                row["programme"] or "none",
                row["programme_state"],
                f"{row['lines']:,}",
                pounds(row["amount"]),
            )
            for row in answer["rows"]
        ],
        figures_from=3,
    )
    waiting = run.get("api", "/v1/programmes/unmapped", buyer=council.BUYER, limit=1)["items"]
    for codes in waiting:
        say(
            console,
            f"The unit {codes['unit']} is the largest that no line of the map names: "
            f"{pounds(codes['gross_amount'])} in {codes['lines']} lines. A line for it restates "
            "the year, and no payment is written anew.",
        )


def show_messages(console: Console, played: Played, today: date) -> None:
    """The messages that the receiver took, signatures verified: a provider's in full."""
    show_table(
        console,
        f"Told to providers by {today:%d %B %Y}, every signature verified (the agreements of "
        f"{YEAR} run on)",
        ("to", "what", "agreement", "due", "ends"),
        [_message_row(message.recipient, message.event) for message in _told(played)],
        figures_from=5,
    )
    to_icb = sum(message.recipient == THE_ICB for message in played.messages)
    console.print(
        f"  The ICB was told of these and of what only concerns it, {to_icb} messages in all. What "
        "the provider reads of the notice:\n"
    )
    event = notice_this_week(played)
    *paragraphs, _ = event["message"].strip().split("\n\n")
    console.print(Padding(Text("\n\n".join(paragraphs), style="italic"), (0, 8)))


def notice_this_week(played: Played) -> dict[str, Any]:
    """The event by which the provider is told of the last safe notice day of this week."""
    return next(
        message.event
        for message in _told(played)
        if message.event["type"] == NoticeDue.TYPE
        and message.event["data"]["reference"] == NOTICE_THIS_WEEK
    )


def _told(played: Played) -> list[Message]:
    """Messages to providers, by agreement and day."""
    return sorted(
        (message for message in played.messages if message.recipient != THE_ICB),
        key=lambda message: (message.event["data"]["reference"], message.event["type"]),
    )


def _message_row(recipient: str, event: dict[str, Any]) -> tuple[str, ...]:
    told = event["data"]
    what = str(told.get("kind") or event["type"].removesuffix(".v1")).translate(
        {ord("."): " ", ord("-"): " "}
    )
    due = told.get("last_safe_service") or told.get("due_on") or ""
    if stage := told.get("stage"):
        what = f"{what}, {stage.strip('PM')} months"
    return (
        recipient,
        what,
        f"{told['reference']} {told['title']}",
        due,
        told.get("end", "not recorded"),
    )
