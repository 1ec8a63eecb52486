"""Small pages of HTML about an organisation, a type, a property or a feature.

Everything that comes from a register is escaped; the pages need no script and allow none.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from services.classify.reconciliation.vocabulary import Term

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""What keeps a page from doing anything but be read, and from passing its address on."""

_STYLE = "body{font:13px/1.4 sans-serif;margin:8px}h1{font-size:15px;margin:0 0 4px}dt{float:left;clear:left;width:9em;color:#555}dd{margin:0 0 2px 9.5em}"  # noqa: E501
_MOST_VALUES = 6


def page(title: str, fragment: str) -> str:
    """A whole page; `title` is plain text, `fragment` HTML made by this module."""
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{fragment}</body></html>"
    )


def about(name: str, values: Mapping[str, Sequence[str]], terms: Iterable[Term]) -> str:
    """An organisation's properties as a list; those without a value are left out."""
    rows = [
        f"<dt>{escape(term.name)}</dt><dd>{escape(_several(values[term.id]))}</dd>"
        for term in terms
        if values.get(term.id)
    ]
    return f"<h1>{escape(name)}</h1><dl>{''.join(rows)}</dl>"


def about_term(term: Term) -> str:
    """What a type, property or feature means."""
    return f"<h1>{escape(term.name)}</h1><p>{escape(term.description)}.</p>"


def _several(values: Sequence[str]) -> str:
    more = f" and {len(values) - _MOST_VALUES} more" if len(values) > _MOST_VALUES else ""
    return ", ".join(values[:_MOST_VALUES]) + more
