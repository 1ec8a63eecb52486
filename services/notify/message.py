"""Plain English for people: a fact's wording filled in, as text and as HTML.

A template is a text file: its first line is the subject, an empty line parts paragraphs. The HTML
is made from the same words, so the two never say different things.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from shared.errors import Misconfigured

SHIPPED = Path(__file__).with_name("templates")
WORDINGS = (
    "renewal-approaching",
    "notice-due",
    "notice-due-passed",
    "end-date-asked",
    "service-raised",
    "decision-raised",
    "lapse-raised",
    "provider-notice-raised",
    "option-raised",
    "notice-short-raised",
    "review-raised",
    "contacts-raised",
    "monitoring-raised",
    "notice-withdrawn",
    "notice-not-yours",
    "not-acknowledged",
)
_WITH_REASON = {"notice-withdrawn", "notice-not-yours", "not-acknowledged"}
_KNOWN = {
    "title",
    "reference",
    "provider",
    "buyer",
    "end",
    "due_on",
    "period",
    "told",
    "rule",
    "reason",
    "contact",
}
_ACKNOWLEDGE = "Please confirm that the right person has read this"


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads."""

    subject: str
    text: str
    html: str


class Wordings:
    """The templates, read once; a folder of a buyer's own may replace any of those shipped."""

    def __init__(self, folder: Path | None = None) -> None:
        self._templates = {name: _read(name, folder) for name in WORDINGS}
        self._page = Template((SHIPPED / "page.html").read_text(encoding="utf-8"))

    def message(self, wording: str, words: Mapping[str, str], link: str) -> Message:
        """The message; `link` is where its reader acknowledges it."""
        text = self._templates[wording].substitute(words)
        subject, _, body = text.partition("\n")
        paragraphs = [" ".join(part.split()) for part in body.strip().split("\n\n")]
        plain = "\n\n".join([*paragraphs, f"{_ACKNOWLEDGE}: {link}"]) + "\n"
        return Message(subject, plain, self._html(subject, paragraphs, link))

    def page(self, title: str, body: str) -> str:
        """An HTML page around a body that is HTML already."""
        return self._page.substitute(title=escape(title), body=body)

    def _html(self, subject: str, paragraphs: list[str], link: str) -> str:
        said = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
        asked = f'<p><a href="{escape(link)}">{_ACKNOWLEDGE}</a>.</p>'
        return self.page(subject, f"{said}\n{asked}")


def _read(name: str, folder: Path | None) -> Template:
    own = folder / f"{name}.txt" if folder else None
    path = own if own and own.is_file() else SHIPPED / f"{name}.txt"
    template = Template(path.read_text(encoding="utf-8"))
    if not template.is_valid():
        raise Misconfigured(f"{path.name}: a $ that is not a placeholder is written $$")
    if unknown := set(template.get_identifiers()) - _KNOWN:
        raise Misconfigured(f"{path.name}: nothing is known as {', '.join(sorted(unknown))}")
    if "reason" in template.get_identifiers() and name not in _WITH_REASON:
        raise Misconfigured(f"{path.name}: only a withdrawal or an escalation has a reason")
    return template
