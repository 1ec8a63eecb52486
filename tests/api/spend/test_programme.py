"""Which programme codes are: the most specific line that had begun, by whose map."""

from datetime import date

import pytest

from services.api.spend.programme import (
    AS_CODED,
    MAPPED,
    NOT_CODED,
    PREDECESSORS_DIFFER,
    UNMAPPED,
    CodeMap,
    Codes,
    Dated,
    ProgrammeSpan,
    generations,
    heirs,
    programme_spans,
)
from shared.codes import fold_code

ALWAYS = date.min, date.max
HOSPICES = Codes("31110 Hospices", "Healthcare", "EOL")


def always(programme: str) -> list[Dated]:
    return [Dated(date.min, programme)]


@pytest.mark.parametrize(
    ("printed", "folded"),
    [
        ("  31110  Hospices ", "31110 hospices"),
        ("31110.0", "31110"),  # as a spreadsheet keeps a number
        ("0031110", "0031110"),  # another code than 31110
        ("3.10", "3.10"),  # a code with parts, no number that was counted
        ("\uff25\uff2f\uff2c", "eol"),
    ],
)
def test_spellings_of_one_code_are_one_code(printed: str, folded: str) -> None:
    assert fold_code(printed) == folded


@pytest.mark.parametrize(
    ("lines", "programme", "rule"),
    [
        ({Codes("", "healthcare", ""): "A", Codes("31110 hospices", "", ""): "B"}, "B", "unit"),
        (
            {Codes("31110 hospices", "", ""): "B", Codes("", "", "eol"): "C"},
            "C",
            "ledger programme",
        ),
        (
            {Codes("", "", "eol"): "C", Codes("31110 hospices", "healthcare", ""): "D"},
            "D",
            "unit and expense type",
        ),
        (
            {
                Codes("31110 hospices", "healthcare", ""): "D",
                Codes("31110 hospices", "healthcare", "eol"): "E",
            },
            "E",
            "unit, expense type and ledger programme",
        ),
    ],
)
def test_the_most_specific_line_wins(lines: dict[Codes, str], programme: str, rule: str) -> None:
    own: CodeMap = {codes: always(name) for codes, name in lines.items()}
    assert programme_spans(HOSPICES, [[own]]) == [ProgrammeSpan(*ALWAYS, MAPPED, programme, rule)]


def test_a_line_counts_from_its_day_until_the_next_one() -> None:
    lines = [Dated(date(2023, 4, 1), "End of life"), Dated(date(2024, 4, 1), "Older people")]
    spans = programme_spans(Codes("31110", "", ""), [[{Codes("31110", "", ""): lines}]])
    assert [(span.since, span.until, span.state, span.programme) for span in spans] == [
        (date.min, date(2023, 3, 31), UNMAPPED, None),
        (date(2023, 4, 1), date(2024, 3, 31), MAPPED, "End of life"),
        (date(2024, 4, 1), date.max, MAPPED, "Older people"),
    ]


def test_a_budget_head_is_that_of_the_most_specific_line_that_names_one() -> None:
    july, october = date(2024, 7, 1), date(2024, 10, 1)
    own: CodeMap = {
        Codes("31110 hospices", "", ""): [
            Dated(date.min, "A", "Grants"),
            Dated(july, "B", "grants"),
            Dated(october, "B"),  # from then on this line names none
        ],
        Codes("31110 hospices", "healthcare", ""): [Dated(date.min, "C")],
    }
    before: CodeMap = {Codes("", "healthcare", ""): [Dated(date.min, "D", "Precept")]}
    spans = programme_spans(HOSPICES, [[own], [before]])
    assert [(span.since, span.programme, span.budget_head) for span in spans] == [
        (date.min, "C", "Grants"),
        (july, "C", "grants"),
        (october, "C", "Precept"),
    ]
    assert spans[0].keyed()[-2:] == spans[1].keyed()[-2:] == ("c", "grants")
    other: CodeMap = {Codes("", "healthcare", ""): [Dated(date.min, "D", "Reserves")]}
    silent: CodeMap = {Codes("", "healthcare", ""): [Dated(date.min, "D")]}
    for maps, head in (([before, other], None), ([before, silent], "Precept"), ([silent], None)):
        [span] = programme_spans(HOSPICES, [[], maps])
        assert (span.programme, span.budget_head) == ("D", head)


def test_what_no_line_names_is_as_coded_unmapped_or_not_coded() -> None:
    def state(*codes: str) -> tuple[str, str | None]:
        [span] = programme_spans(Codes(*codes), [[{}]])
        return span.state, span.programme

    assert state("31110", "", "EOL") == (AS_CODED, "EOL")
    assert state("31110", "", "") == (UNMAPPED, None)
    assert state("", "", "") == (NOT_CODED, None)


def test_a_board_reads_codes_by_its_own_map_then_by_those_before_it() -> None:
    pairs = [("15F", "QWO"), ("02T", "QWO"), ("03G", "15F"), ("QWO", "03G")]
    assert generations("QWO", pairs) == [["QWO"], ["02T", "15F"], ["03G"]], "a ring ends"
    assert heirs(["03G"], [("15F", "QWO"), ("03G", "15F")]) == ["03G", "15F", "QWO"]
    key = Codes("31110", "", "")
    own, leeds, other = ({key: always(name)} for name in ("Own", "End of life", "Other"))

    def decided(*maps: list[CodeMap]) -> tuple[str | None, str]:
        [span] = programme_spans(key, maps)
        return span.programme, span.rule

    assert decided([own], [leeds, other]) == ("Own", "unit")
    assert decided([], [leeds, {}]) == ("End of life", "unit")
    assert decided([], [leeds, other], [own]) == (None, PREDECESSORS_DIFFER)
