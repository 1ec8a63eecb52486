"""A statement as a page that prints, and as Markdown; both from templates that escape all they say.

Jinja2 is imported when the first statement is rendered: 10 MB that a service which renders none
does not spend.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from services.api.statements.charts import draw
from services.api.statements.document import Coverage, Document
from services.api.statements.shown import show_day

_TEMPLATES = files("services.api.statements") / "templates"
_MARKS = re.compile(r"([\\`*_\[\]<>|~&#])")


def render_html(document: Document) -> str:
    """One page with its charts and its style in it: it needs nothing else."""
    safe = _markup()
    charts = {
        chart.id: safe(draw(chart)) for section in document.sections for chart in section.charts
    }
    return str(_html().render(document=document, css=safe(_read("statement.css")), charts=charts))


def render_markdown(document: Document) -> str:
    """As GitHub's Markdown has it."""
    return str(_markdown().render(document=document))


def covered(coverage: Coverage | None) -> str:
    """How much is known, in words; the classes that hold nothing are left out."""
    if coverage is None:
        return ""
    shares = [(name, share) for name, share in coverage.shares.items() if share]
    if not shares:
        return "nothing to share"
    return ", ".join(f"{name} {100 * share:.1f}%" for name, share in shares)


def _buyer(document: Document) -> str:
    """Its name, with the org-id by which the doors know it."""
    name = document.buyer_name
    return document.buyer if name is None else f"{name} ({document.buyer})"


def _escaped(said: Any) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(str(said).split()))


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


_FILTERS: dict[str, Callable[..., str]] = {"buyer": _buyer, "covered": covered, "day": show_day}


@cache
def _html() -> Any:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - see above

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.filters.update(_FILTERS)
    return environment.from_string(_read("statement.html.j2"))


@cache
def _markdown() -> Any:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 - see above

    # Whatever a template prints goes through `finalize`: Markdown's marks, not HTML's.
    environment = Environment(finalize=_escaped, undefined=StrictUndefined)  # noqa: S701
    environment.filters.update(_FILTERS)
    return environment.from_string(_read("statement.md.j2"))


@cache
def _markup() -> Any:
    from markupsafe import Markup  # noqa: PLC0415 - comes with Jinja2

    return Markup
