"""Plain English for people: a fact's wording filled in, as text and as HTML.

A template is a text file: its first line is the subject, an empty line parts paragraphs. The HTML
is made from the same words, so the two never say different things.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from services.notify.wording.wording_files import Folder, paragraphs_of, read_folder, read_template
from shared.errors import Misconfigured

SHIPPED = Path(__file__).with_name("templates")
WORDINGS = (
    "renewal-approaching",
    "notice-due",
    "notice-due-passed",
    "commitment-due",
    "commitment-due-passed",
    "how-it-stands",
    "over-raised",
    "end-date-asked",
    "service-raised",
    "decision-raised",
    "lapse-raised",
    "paid-after-end-raised",
    "provider-notice-raised",
    "option-raised",
    "notice-short-raised",
    "review-raised",
    "contacts-raised",
    "monitoring-raised",
    "notice-withdrawn",
    "notice-not-yours",
    "subscription-off",
    "not-acknowledged",
)
_WITH_REASON = {"notice-withdrawn", "notice-not-yours", "subscription-off", "not-acknowledged"}
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
    "policy",
    "dates",
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
    """The templates, read once; a folder may replace any of those shipped, for all or one buyer.

    Misconfigured names every file of the folder that can't be used.
    """

    def __init__(self, folder: Path | None = None) -> None:
        own = read_folder(folder, WORDINGS, known_to) if folder else Folder()
        if own.faults:
            raise Misconfigured("\n".join(own.faults))
        shipped = {name: _shipped(name) for name in WORDINGS}
        for_all = shipped | own.templates.pop(None, {})
        self._of_buyers = {buyer: for_all | theirs for buyer, theirs in own.templates.items()}
        self._for_all = for_all
        self._page = Template((SHIPPED / "page.html").read_text(encoding="utf-8"))

    def message(self, wording: str, buyer: str, words: Mapping[str, str], link: str) -> Message:
        """The message, as the buyer with this org-id words it.

        `link` is where its reader acknowledges it.
        """
        templates = self._of_buyers.get(buyer, self._for_all)
        text = templates[wording].substitute(words)
        subject, _, body = text.partition("\n")
        paragraphs = paragraphs_of(body)
        plain = "\n\n".join([*paragraphs, f"{_ACKNOWLEDGE}: {link}"]) + "\n"
        return Message(subject, plain, self._html(subject, paragraphs, link))

    def page(self, title: str, body: str) -> str:
        """An HTML page around a body that is HTML already."""
        return self._page.substitute(title=escape(title), body=body)

    def _html(self, subject: str, paragraphs: list[str], link: str) -> str:
        said = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
        asked = f'<p><a href="{escape(link)}">{_ACKNOWLEDGE}</a>.</p>'
        return self.page(subject, f"{said}\n{asked}")


def with_rule(words: Mapping[str, str], sending_rule: str | None) -> Mapping[str, str]:
    """The words, with why the message was sent when it was beside why it was sent at all."""
    if sending_rule is None:
        return words
    said = {name: f"{words[name]} ({sending_rule})" for name in ("rule", "reason") if name in words}
    return {**words, **said}


def known_to(wording: str) -> set[str]:
    """What a wording can be filled with."""
    return _KNOWN | ({"reason"} if wording in _WITH_REASON else set())


def _shipped(wording: str) -> Template:
    name = f"{wording}.txt"
    return read_template(SHIPPED / name, name, known_to(wording))
