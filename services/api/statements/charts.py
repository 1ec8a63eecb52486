"""Charts of a statement as SVG, drawn by pygal; the same bytes for the same figures.

pygal and lxml are imported when the first chart is drawn: memory and time that a service which
draws none does not spend (pygal 8 MB and 0.07 s, matplotlib 56 MB and 1.2 s).
"""

import math
import re
from functools import cache
from typing import Any

from services.api.statements.document import Chart

_SVG = "http://www.w3.org/2000/svg"
_STRIPPED = ("script", "title", "desc")
_WIDTH, _HEIGHT, _A_BAR = 540, 120, 38
"""Of the drawing, which scales: on a phone of 390 pixels its words are 10 pixels high still."""
_DARK, _MUTED = "#1d4f91", "#9fb8d3"
_TICKS, _ROOM, _TEXT = 3, 0.25, 15
_SCALES = ((1e6, "m", 2), (1e3, "k", 0))
"""In which pounds are short, and the places of a value."""
_CSS = (
    "inline: #chart-{id} .text-overlay .value {{ text-anchor: start; }} "
    "#chart-{id} .axis .guide.line, #chart-{id} .axis .major.guide.line "
    "{{ stroke: #ddd; stroke-dasharray: none; }}"
)
"""Guides are pale: where one runs through a value, the value is read and not the guide."""
_LABEL = 28
"""Characters of a label that are drawn; the table beside the chart has them all."""
_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML can't hold, though a name may (https://www.w3.org/TR/xml/#charsets)."""


def draw(chart: Chart) -> str:
    """One SVG element with a title and a description, no script and nothing of today."""
    from lxml import etree  # noqa: PLC0415 - see above

    drawing = _pygal(chart)
    root = etree.fromstring(drawing.render())
    etree.strip_tags(root, etree.Comment)
    etree.strip_elements(root, *(f"{{{_SVG}}}{name}" for name in _STRIPPED), with_tail=False)
    for each in root.iterdescendants():
        each.attrib.pop("id", "")  # several charts stand on one page
        if each.get("class") == "value" and (each.text or "").startswith("-"):
            each.set("style", "text-anchor: end")  # beside its bar too, which goes to the left
    names = [("title", chart.title), ("desc", chart.description)]
    for place, (name, said) in enumerate(names):
        element = etree.Element(f"{{{_SVG}}}{name}", id=f"chart-{chart.id}-{name}")
        element.text = _held(said)
        root.insert(place, element)
    root.set("role", "img")
    root.set("aria-labelledby", " ".join(f"chart-{chart.id}-{name}" for name, _ in names))
    return etree.tostring(root, encoding="unicode")


def _pygal(chart: Chart) -> Any:
    pygal, style = _library()
    series = len(chart.series)
    drawing = pygal.HorizontalBar(
        js=(),
        style=style,
        width=_WIDTH,
        height=_HEIGHT + _A_BAR * len(chart.bars) * (1 + series) // 2,
        show_legend=series > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        print_values=True,
        print_values_position="top",
        css=("file://style.css", "file://graph.css", _CSS.format(id=chart.id)),
        range=_range(chart),
        y_labels=[{"value": at, "label": _tick(at, chart)} for at in _ticks(*_range(chart))],
        show_y_guides=True,
        truncate_label=_LABEL,
        truncate_legend=-1,
        value_formatter=lambda value: _short(value, chart),
        disable_xml_declaration=False,
        explicit_size=False,
    )
    drawing.uuid = chart.id  # a random one else
    drawing.x_labels = [_held(bar.label[: _LABEL - 1]) for bar in reversed(chart.bars)]
    for number, name in reversed(list(enumerate(chart.series))):
        values = [bar.values[number] for bar in reversed(chart.bars)]
        drawing.add(name, [None if value is None else float(value) for value in values])
    return drawing


def _held(said: str) -> str:
    """The same text, a mark in the place of each character that XML can't hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", said)


def _range(chart: Chart) -> tuple[float, float]:
    """From 0, or below, to where there is room for the value beside the longest bar."""
    values = [float(value) for bar in chart.bars for value in bar.values if value is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low) * _ROOM or 1.0
    return (low - room if low else 0.0), high + room


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from end to end, few enough to be read."""
    step = 10.0 ** math.floor(math.log10((high - low) / _TICKS))
    step *= next(each for each in (1, 2, 5, 10) if (high - low) / (each * step) <= _TICKS)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [number * step for number in range(first, last + 1)]


def _short(value: float, chart: Chart) -> str:
    """As a chart has room for: £7.50m."""
    if chart.unit != "pounds":
        return f"{value:,.0f}"
    size, sign = abs(value), "-" if value < 0 else ""
    for scale, name, places in _SCALES:
        if size >= scale:
            return f"{sign}£{size / scale:,.{places}f}{name}"
    return f"{sign}£{size:,.0f}"


def _tick(value: float, chart: Chart) -> str:
    """As an axis has it, round as it is: £7.5m."""
    size, sign = abs(value), "-" if value < 0 else ""
    if chart.unit == "pounds":
        for scale, name, _ in _SCALES:
            if size >= scale:
                return f"{sign}£{size / scale:,g}{name}"
        sign += "£"
    return f"{sign}{size:,g}"


@cache
def _library() -> tuple[Any, Any]:
    import pygal  # noqa: PLC0415 - see above
    from pygal.style import Style  # noqa: PLC0415

    return pygal, Style(
        background="white",
        plot_background="white",
        foreground="#222",
        foreground_strong="#222",
        foreground_subtle="#555",
        opacity="1",
        opacity_hover="1",
        transition="none",
        colors=(_DARK, _MUTED),
        font_family="Helvetica, Arial, sans-serif",
        label_font_size=_TEXT,
        major_label_font_size=_TEXT,
        value_font_size=_TEXT,
        legend_font_size=_TEXT,
    )
