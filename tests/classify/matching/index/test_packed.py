"""Texts end to end: what is packed is what is read, one by one and many at once."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.classify.matching.index.packed import Organisations, pack_organisations, pack_texts
from services.classify.organisation import CHARITY, Organisation


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_texts_are_read_as_they_were_packed(texts: list[str]) -> None:
    packed = pack_texts(iter(texts))
    assert [packed.text(at) for at in range(len(texts))] == texts
    backwards = np.arange(len(texts), dtype=np.int64)[::-1]
    assert packed.texts(backwards) == texts[::-1]


def test_an_organisation_is_read_with_its_days_and_lists() -> None:
    full = Organisation(
        *("list", "1", "GB-CHC-9000101", "THORNBECK HOSPICE", "charity-commission", CHARITY),
        registered_on=date(1962, 1, 2),
        removed_by=date(2020, 3, 4),
        company_number="99000101",
        income=12,
        areas=("Leeds", "Bradford"),
        codes=("101",),
    )
    bare = Organisation("list", "2", None, "HARROWFELL HALL", "names", "school")
    organisations = Organisations(pack_organisations([full, bare]))
    assert list(organisations) == [full, bare]
