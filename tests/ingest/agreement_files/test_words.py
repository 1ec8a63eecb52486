"""What registers write in words: extensions, notice, days, values, numbers; never guessed."""

from datetime import date

import pytest

from services.ingest.agreement_files.durations import only_length
from services.ingest.agreement_files.edition_day import edition_day
from services.ingest.agreement_files.extension_words import read_options
from services.ingest.agreement_files.numbers import read_numbers
from services.ingest.agreement_files.register_days import NoDay, read_register_day, read_span
from services.ingest.agreement_files.yearly import annual_pence
from services.ingest.shapes.day_form import DayForm
from shared.errors import Rejected


@pytest.mark.parametrize(
    ("said", "lengths"),
    [
        ("plus 2 x 12 months", ["P12M", "P12M"]),
        ("2 separate one year extension options", ["P1Y", "P1Y"]),
        ("Two one year extensions", ["P1Y", "P1Y"]),
        ("Option to extend for up to 24 months in 2 x 12 month intervals", ["P12M", "P12M"]),
        ("A further 1 + 1 years", ["P1Y", "P1Y"]),
        ("1+1 years", ["P1Y", "P1Y"]),
        ("24 months", ["P24M"]),
        ("up to twenty-four (24) months", ["P24M"]),
        ("an initial period of 36 months, may be extended for a further 12 months", ["P12M"]),
        ("None", []),
        ("N/A", []),
    ],
)
def test_options_to_extend_in_words(said: str, lengths: list[str]) -> None:
    assert read_options(said) == [{"length": each} for each in lengths]


@pytest.mark.parametrize(
    "said",
    [
        "Yes",
        "3 + 1 + 1 years",  # the three may be the first term
        "12 month plus 12 month",  # or two options
        "2 x 12 months or 1 x 6 months",
    ],
)
def test_options_that_could_mean_two_things_are_not_read(said: str) -> None:
    assert read_options(said) is None


def test_an_option_until_a_day() -> None:
    assert read_options("Option to extend until 31 March 2029") == [{"until": "2029-03-31"}]


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("six months' written notice", "P6M"),
        ("90 days", "P90D"),
        ("13 weeks", "P13W"),
        ("three (3) calendar months", "P3M"),
        ("3 months by the buyer, 6 months by the provider", None),
        ("as agreed", None),
    ],
)
def test_notice_in_words(said: str, period: str | None) -> None:
    assert only_length(said) == period


@pytest.mark.parametrize(
    ("said", "open_"), [("Ongoing", True), ("ROLLING", True), ("TBC", False), ("n/a", False)]
)
def test_words_in_the_place_of_a_day(said: str, open_: bool) -> None:
    read = read_register_day(said, "end", DayForm())
    assert isinstance(read, NoDay)
    assert read.is_open is open_


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("31/09/2026", "no day of the calendar"),
        ("01/06/206", "no day of the calendar"),
        ("March 2027", "without its day"),
        ("2026/27", "without its day"),
        ("when complete", "is words"),
    ],
)
def test_broken_days_are_refused_by_name(said: str, reason: str) -> None:
    with pytest.raises(Rejected, match=reason):
        read_register_day(said, "end", DayForm())


def test_a_day_with_time_and_offset_is_the_day_that_is_printed() -> None:
    printed = "2028-08-31T23:59:59+01:00"
    assert read_register_day(printed, "end", DayForm()) == date(2028, 8, 31)


def test_periods_of_grants() -> None:
    assert read_span("01/04/15 - 30/09/15") is None  # 1 April or 4 January
    assert read_span("13/04/15 - 30/09/15") == (date(2015, 4, 13), date(2015, 9, 30))
    assert read_span("31/03/2016") == (None, date(2016, 3, 31))
    assert read_span("3/5/2017") is None
    assert read_span("Summer 15") is None


@pytest.mark.parametrize(
    ("start", "end", "pence"),
    [
        (date(2026, 4, 1), date(2029, 3, 31), 100_00),
        (date(2026, 4, 1), date(2026, 9, 30), 300_00),  # half a year pays all within the year
        (date(2026, 4, 1), date(2028, 9, 30), 120_00),
    ],
)
def test_a_total_is_paid_over_its_term(start: date, end: date, pence: int) -> None:
    assert annual_pence(300_00, start, end) == pence


def test_numbers_of_the_provider() -> None:
    assert read_numbers("1234567", None) == ("01234567", None)
    assert read_numbers("N/A", None, "Charity No. 1036460") == (None, "1036460")
    assert read_numbers(None, None, ["GB-CFS-1", "GB-COH-02787912"]) == ("GB-COH-02787912", None)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("register_2026-04.csv", date(2026, 4, 1)),
        ("contracts 11 May 2026.xlsx", date(2026, 5, 11)),
        ("Contracts-Register-31-03-2026.csv", date(2026, 3, 31)),
        ("contracts_2027-01.csv", date(2026, 6, 1)),  # ahead: it tells something else
        ("contracts.csv", date(2026, 6, 1)),
    ],
)
def test_the_day_of_an_edition(name: str, day: date) -> None:
    assert edition_day(name, date(2026, 6, 1)) == day
