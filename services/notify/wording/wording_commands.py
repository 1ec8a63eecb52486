"""`python -m services.notify wordings`: a buyer's own words, checked and shown before use."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.notify.dates.bank_holidays import shipped_calendars
from services.notify.main import today
from services.notify.planning.plan import SHIPPED as SHIPPED_PLANS
from services.notify.planning.plan import load_plans
from services.notify.settings import Settings
from services.notify.wording.message import SHIPPED, WORDINGS, Wordings, known_to
from services.notify.wording.wording_examples import Example, examples
from services.notify.wording.wording_files import read_folder, read_template
from shared.command_line import WRONG, failed
from shared.errors import Misconfigured

wording_app = typer.Typer(no_args_is_help=True, help="What messages say, in a buyer's own words.")
_LINK = "https://notify.example/v1/notifications/.../acknowledge?token=..."
_EXAMPLE_BUYER = "GB-LAE-LDS"
_ALL = "every buyer"


@wording_app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="As NOTIFY_TEMPLATES names it")],
) -> None:
    """Say of a folder of wordings what is wrong with it, and what its own leave unsaid.

    Exit code 2 where the service would not start with it.
    """
    read = read_folder(folder, WORDINGS, known_to)
    for buyer, templates in sorted(read.templates.items(), key=lambda each: each[0] or ""):
        for name, template in sorted(templates.items()):
            shipped = read_template(SHIPPED / f"{name}.txt", name, known_to(name))
            unsaid = sorted({*shipped.get_identifiers()} - {*template.get_identifiers()})
            warning = f"; leaves unsaid, as shipped it says: {', '.join(unsaid)}" if unsaid else ""
            sys.stdout.write(f"{name} for {buyer or _ALL}: can be used{warning}\n")
    if read.faults:
        raise failed("\n".join(read.faults), WRONG)


@wording_app.command("show")
def show(
    name: Annotated[str | None, typer.Argument(help="A wording; without it all of them")] = None,
    *,
    buyer: Annotated[str, typer.Option(help="Whose words and plan")] = _EXAMPLE_BUYER,
    folder: Annotated[
        Path | None, typer.Option("--templates", help="Else as NOTIFY_TEMPLATES names it")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="As mail shows it")] = False,
) -> None:
    """Print what would go out at every stage, of an agreement made up, by the buyer's own plan."""
    if name is not None and name not in WORDINGS:
        raise failed(f"no wording is called {name}; there are {', '.join(WORDINGS)}", WRONG)
    settings = Settings()
    try:
        wordings = Wordings(folder or settings.templates)
        plan = load_plans(settings.plans or SHIPPED_PLANS).of(buyer)
        told = examples(buyer, plan, shipped_calendars(), today())
    except Misconfigured as error:
        raise failed(str(error), WRONG) from error
    for one in told:
        if name in (None, one.wording):
            sys.stdout.write(_shown(wordings, buyer, one, html=html))


def _shown(wordings: Wordings, buyer: str, one: Example, *, html: bool) -> str:
    message = wordings.message(one.wording, buyer, one.words, _LINK)
    if html:
        return message.html
    title = f"{one.wording}, {one.stage}" if one.stage else one.wording
    return f"== {title}\nSubject: {message.subject}\n\n{message.text}\n"
