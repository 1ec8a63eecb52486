"""A chart on a phone: all of it is seen, and its words can be read."""

import re
from decimal import Decimal
from pathlib import Path

from lxml import etree

from services.api.statements import render
from services.api.statements.charts import draw
from services.api.statements.document import Bar, Chart

PHONE, LEAST = 390 - 2 * 16, 9
"""Pixels between the margins of the page, and of the smallest words that can be read."""


def test_a_chart_fits_a_phone_and_its_words_stay_nine_pixels_high() -> None:
    programmes = ("Children and young people, by school and surgery", "Other")
    bars = [Bar(label=name, values=[Decimal(7560000), Decimal(-9000)]) for name in programmes]
    chart = Chart(
        id="c",
        title="Paid",
        description="Paid",
        unit="pounds",
        series=["Paid", "Agreed"],
        bars=bars,
    )
    drawn = draw(chart)
    width = float(etree.fromstring(drawn).get("viewBox", "").split()[2])
    sizes = dict(re.findall(r"#chart-c ([^{},]*)\{[^}]*font-size:(\d+)px", drawn))
    for words in (".axis text", ".legends .legend text", ".text-overlay text.value"):
        assert int(sizes[words]) * PHONE / width >= LEAST, words
    said = set(etree.fromstring(drawn).itertext())
    assert {"£0", "£5m"} <= said, "an axis is round as its numbers are"
    assert re.findall(r'style="text-anchor: end">([^<]*)<', drawn) == ["-£9k"] * 2
    assert "{{" not in drawn, "a rule that names no chart"
    assert "#chart-c .axis .major.guide.line{stroke:#ddd" in drawn, "guides darken the values"
    style = (Path(render.__file__).parent / "templates" / "statement.css").read_text("utf-8")
    rules = [line for line in style.splitlines() if "svg" in line]
    assert rules
    assert all("min-width" not in rule for rule in rules), "wider than the phone it is cut"
