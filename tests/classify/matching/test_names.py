"""Names made comparable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.matching.names import comparable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("THORNBECK HOSPICE", "Thornbeck  Hospice"),
        ("Thornbeck Hospice", "The Thornbeck Hospice"),
        ("THORNBECK HOSPICE (THE)", "The Thornbeck Hospice"),
        ("Mind & Memory", "MIND AND MEMORY"),
        ("St Luke's Hospice", "ST LUKES HOSPICE"),
        ("St. Luke\u2019s Hospice", "St Luke's Hospice"),
        ("Queen Alexandra\x92s Nursing", "QUEEN ALEXANDRAS NURSING"),
        ("N.S.P.C.C.", "N S P C C"),
        ("Café Élan", "CAFE ELAN"),
        ("PAC-UK", "PAC UK"),
        ("A & B Trust", "A and B Trust"),
        ("ABC Trust", "A.B.C. Trust"),
    ],
)
def test_the_same_name_written_otherwise(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("name", "words", "form"),
    [
        ("Millrace Recovery Ltd", "MILLRACE RECOVERY", "LIMITED"),
        ("Millrace Recovery Limited (The)", "MILLRACE RECOVERY", "LIMITED"),
        ("Millrace Recovery Co. Ltd.", "MILLRACE RECOVERY COMPANY", "LIMITED"),
        ("Millrace Recovery Company Limited", "MILLRACE RECOVERY COMPANY", "LIMITED"),
        ("Millrace C.I.C.", "MILLRACE", "CIC"),
        ("Millrace Community Interest Company", "MILLRACE", "CIC"),
        ("Millrace Charitable Incorporated Organisation", "MILLRACE", "CIO"),
        ("Millrace Public Limited Company", "MILLRACE", "PLC"),
        ("Millrace LLP", "MILLRACE", "LLP"),
        ("Limited Edition Choir", "LIMITED EDITION CHOIR", None),
        ("Limited", "LIMITED", None),
        ("The The", "THE THE", None),
        ("Мир Ltd", "МИР", "LIMITED"),
        ("12345", "", None),
        ("***", "", None),
        ("", "", None),
    ],
)
def test_words_and_legal_form(name: str, words: str, form: str | None) -> None:
    assert comparable(name) == (words, form)


@given(st.text(max_size=2500))
def test_any_text_has_a_comparable_form_that_is_its_own(text: str) -> None:
    words, _ = comparable(text)
    assert words == " ".join(words.split())
    assert comparable(f"  {text} ").words == words or len(text) >= 398


@given(st.lists(st.sampled_from(["Leeds", "mind", "TRUST", "of", "St"]), min_size=1, max_size=6))
def test_case_and_spaces_never_matter(words: list[str]) -> None:
    assert comparable(" ".join(words).upper()) == comparable("   ".join(words).lower())
