"""Income bands and sizes."""

from datetime import date
from pathlib import Path

import pytest

from services.classify.measures import read_measures
from services.classify.measures.bands import band_of
from shared.errors import Misconfigured

MEASURES = read_measures()
HEAD = 'title = "t"\nversion = "2"\nsource = "s"\n'


@pytest.mark.parametrize(
    ("income", "band", "size"),
    [
        (None, None, None),
        (-5, "below 10k", "micro"),
        (0, "below 10k", "micro"),
        (9_999, "below 10k", "micro"),
        (10_000, "10k to 25k", "small"),
        (99_999, "25k to 100k", "small"),
        (100_000, "100k to 250k", "medium"),
        (499_999, "250k to 500k", "medium"),
        (999_999, "500k to 1m", "medium"),
        (1_000_000, "1m to 5m", "large"),
        (5_000_000, "5m and above", "large"),
        (100_000_000, "5m and above", "super-major"),
    ],
)
def test_an_income_on_the_line_is_in_the_band_above(
    income: int | None, band: str | None, size: str | None
) -> None:
    assert band_of(income, MEASURES.bands) == band
    assert band_of(income, MEASURES.sizes) == size


def own(folder: Path, bands: str, name: str = "size", since: str = "2026-01-01") -> Path:
    (folder / "income").mkdir(exist_ok=True)
    (folder / "income" / "own.toml").write_text(
        f'name = "{name}"\n{HEAD}since = {since}\nbands = {bands}\n'
    )
    return folder


def test_an_installation_gives_a_newer_edition(tmp_path: Path) -> None:
    folder = own(tmp_path, '[{name = "small", below = 50}, {name = "big"}]')
    assert band_of(49, read_measures(folder).sizes) == "small"
    assert band_of(50, read_measures(folder).sizes) == "big"
    assert band_of(49, read_measures(folder, date(2025, 12, 31)).sizes) == "micro"


@pytest.mark.parametrize(
    ("bands", "name", "reason"),
    [
        ('[{name = "a", below = 5}, {name = "b", below = 5}, {name = "c"}]', "size", "must end"),
        ('[{name = "a", below = 5}]', "size", "the last band must have no end"),
        ('[{name = "a"}, {name = "b"}]', "size", "every band but the last must end"),
        ('[{name = "a"}]', "height", "the scale height is not used"),
    ],
)
def test_a_scale_that_is_wrong_is_refused(
    tmp_path: Path, bands: str, name: str, reason: str
) -> None:
    with pytest.raises(Misconfigured, match=reason):
        read_measures(own(tmp_path, bands, name))


def test_a_day_before_every_edition_is_refused() -> None:
    with pytest.raises(Misconfigured, match="no edition of the scale income-band holds"):
        read_measures(on=date(1999, 1, 1))
