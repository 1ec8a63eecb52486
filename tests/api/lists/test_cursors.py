import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from services.api.queries.payments import ORDERS
from shared.errors import Rejected
from shared.lists.cursor import Cursors


@given(st.lists(st.text() | st.none() | st.dates(), max_size=3), st.lists(st.text(), max_size=3))
def test_a_cursor_leads_back_to_where_it_was_written(
    question: list[object], keys: list[str]
) -> None:
    cursors = Cursors(SecretStr("one"))
    cursor = cursors.write(question, keys)
    assert cursors.read(question, cursor, _all) == keys
    with pytest.raises(Rejected, match="none of this list"):
        Cursors(SecretStr("another")).read(question, cursor, _all)
    with pytest.raises(Rejected, match="none of this list"):
        cursors.read([*question, "more"], cursor, _all)


def _all(*keys: str) -> list[str]:
    return list(keys)


@pytest.mark.parametrize("keys", [[], ["today", ""], [["2024-04-30"], ""], [1, 2, 3], {"a": 1}])
def test_a_cursor_that_is_made_up_is_refused_where_no_key_tells_it(keys: list[object]) -> None:
    cursors = Cursors(None)
    made_up = cursors.write(["payments"], keys)
    with pytest.raises(Rejected, match="none of this list"):
        cursors.read(["payments"], made_up, ORDERS["-payment_date"].place)
