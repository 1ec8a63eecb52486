"""Sums, shares and differences of figures that may each mean several numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.statements.printed import Meant, read_printed
from services.api.statements.relations import Kind, Relation, in_words, work_out

PRINTED = {
    "large": read_printed("£14m", "pounds"),
    "total": read_printed("£19.87m", "pounds"),
    "change": read_printed("-£550,000", "pounds"),
    "open": read_printed("over £5m", "pounds"),
    "nothing": read_printed("£0", "pounds"),
    "uplift": read_printed("2%", "share"),
    "efficiency": read_printed("1.6%", "share"),
}


def _worked_out(kind: Kind, *of: str) -> Meant | None:
    return work_out(Relation("result", kind, of), PRINTED)


def test_fourteen_of_twenty_million_can_be_no_sixty_per_cent() -> None:
    share = _worked_out("share", "large", "total")
    assert share is not None
    assert [round(100 * end, 1) for end in share[:3]] == [
        Decimal("70.5"),
        Decimal("67.9"),
        Decimal("73.0"),
    ]


def test_a_change_is_a_share_of_what_was_before() -> None:
    share = _worked_out("change-share", "change", "total")
    assert share is not None
    assert round(100 * share.value, 2) == Decimal("-2.69")


def test_words_say_which_figure_is_the_part_and_which_is_taken_off() -> None:
    assert in_words("share", ["Large lines", "Agreed"]) == "Large lines as a share of Agreed"
    assert in_words("difference", ["Uplift", "Efficiency"]) == "Uplift less Efficiency"
    assert in_words("sum", ["One", "Two", "Three"]) == "the sum of 3 figures"


def test_an_uplift_of_2_less_1_6_is_0_4_per_cent() -> None:
    net = _worked_out("difference", "uplift", "efficiency")
    assert net is not None
    assert net.value == Decimal("0.004")


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        ("sum", ("large", "not claimed")),
        ("sum", ("large", "open")),
        ("share", ("large", "nothing")),
        ("difference", ("open", "large")),
    ],
)
def test_what_is_not_known_or_open_gives_nothing(kind: Kind, of: tuple[str, ...]) -> None:
    assert _worked_out(kind, *of) is None


_NUMBER = st.decimals(-1000, 1000, places=2)


@given(
    st.sampled_from(["sum", "share", "difference", "change-share"]),
    st.tuples(_NUMBER, _NUMBER),
    st.tuples(_NUMBER, _NUMBER),
    st.tuples(st.fractions(0, 1), st.fractions(0, 1)),
)
def test_whatever_was_meant_lies_between_the_ends(
    kind: Kind,
    one: tuple[Decimal, Decimal],
    other: tuple[Decimal, Decimal],
    at: tuple[object, object],
) -> None:
    first, second = (Meant(min(pair), min(pair), max(pair)) for pair in (one, other))
    found = work_out(Relation("r", kind, ("a", "b")), {"a": first, "b": second})
    if found is None:
        return
    inner = [
        m.low + (m.high - m.low) * Decimal(str(float(part)))  # type: ignore[arg-type]
        for m, part in zip((first, second), at, strict=True)
    ]
    exact = work_out(
        Relation("r", kind, ("a", "b")),
        {key: Meant(value, value, value) for key, value in zip("ab", inner, strict=True)},
    )
    assert exact is not None
    slack = Decimal("1e-9") * (1 + abs(exact.value))
    assert found.low - slack <= exact.value <= found.high + slack
