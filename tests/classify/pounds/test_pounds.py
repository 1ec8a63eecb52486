"""What suppliers were paid: each payment once, whatever comes twice."""

from collections import defaultdict
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classify.pounds.pounds import ROWS_KEPT, Counted, Sums, add_up
from shared.errors import UpgradeNeeded
from shared.outbox import MOST_IN_ROW, SEQUENCE
from tests.classify.test_sighting import WITHDRAWN, corrected, payment, record, spoilt
from tests.support.suppliers import supplier_id

LEEDS, BRADFORD = "GB-LAE-LDS", "GB-LAE-BRD"
BECK = supplier_id("Beck")


def published(row: int, place: int, offset: int, pence: int = 100, payee: str = "Beck") -> Any:
    """A payment as the relay publishes it; row and place name it."""
    made = payment(payee, offset, amount_pence=pence)
    made.headers = [*made.headers, (SEQUENCE, b"%019d" % (row * MOST_IN_ROW + place))]
    return made


def counted_in_batches(records: list[Any], size: int) -> dict[tuple[str, str], tuple[int, int]]:
    """The sums of all batches; between two of them only what is stored is known."""
    stored = Counted()
    together: Sums = defaultdict(lambda: [0, 0])
    for first in range(0, len(records), size):
        counted = Counted(stored.next_offset, dict(stored.places))
        sums, rejects = add_up(records[first : first + size], {0: counted})
        assert rejects == []
        for key, (lines, pence) in sums.items():
            together[key][0] += lines
            together[key][1] += pence
        stored = Counted(counted.next_offset, counted.last_places())
    return {key: (lines, pence) for key, (lines, pence) in together.items()}


def test_sums_are_by_supplier_and_buyer_credits_taken_off() -> None:
    records = [
        payment("Beck", 0, amount_pence=250),
        payment("Beck", 1, amount_pence=-50),
        payment("Beck", 2, amount_pence=7, buyer=BRADFORD),
        payment("Hall", 3, amount_pence=9),
    ]
    assert counted_in_batches(records, 10) == {
        (BECK, LEEDS): (2, 200),
        (BECK, BRADFORD): (1, 7),
        (supplier_id("Hall"), LEEDS): (1, 9),
    }


def test_a_payee_that_looks_like_the_fields_beside_it_changes_nothing() -> None:
    payee = '","buyer":"GB-LAE-BRD","amount_pence":999,"payee":"'
    assert counted_in_batches([payment(payee, 0, amount_pence=5)], 1) == {
        (supplier_id(payee), LEEDS): (1, 5)
    }


def test_what_another_writer_made_is_read_by_the_model() -> None:
    ours = payment("Beck", 0, amount_pence=5)
    spaced = record("payment.accepted.v1", ours.value.replace(b'":', b'": '), ours.key, 1)
    assert counted_in_batches([ours, spaced], 5) == {(BECK, LEEDS): (2, 10)}


def test_a_record_that_can_not_be_read_is_rejected_and_not_counted() -> None:
    text = payment("Beck", 2)
    text.value = text.value.replace(b'"amount_pence":100', b'"amount_pence":"100"')
    sums, rejects = add_up([payment("Beck", 0), spoilt("Beck", 1), text], {0: Counted()})
    assert sums == {(BECK, LEEDS): [1, 100]}
    assert [reject.origin for reject in rejects] == [f"kafka:payments.v1/0/{n}" for n in (1, 2)]


def test_a_type_that_a_newer_writer_sends_is_waited_for() -> None:
    other_type = payment("Beck", 1)
    other_type.headers = record("payment.corrected.v9", b"", None).headers
    with pytest.raises(UpgradeNeeded):
        add_up([payment("Beck", 0), other_type], {0: Counted()})


def test_the_facts_of_a_payment_add_up_to_its_last_in_any_order() -> None:
    accepted = payment("Beck", amount_pence=5)
    raised = corrected(accepted, 1, 7)
    moved = corrected(raised[0], 2, 9, "Hall")
    gone = corrected(moved[0], 3, WITHDRAWN)
    back = corrected(gone[0], 4, 8, "Hall")
    for facts, expected in (
        ([accepted, *raised], {(BECK, LEEDS): (1, 7)}),
        ([accepted, *raised, *moved], {(supplier_id("Hall"), LEEDS): (1, 9)}),
        ([accepted, *raised, *moved, *gone], {}),
        ([accepted, *raised, *moved, *gone, *back], {(supplier_id("Hall"), LEEDS): (1, 8)}),
    ):
        for order in permutations(facts):
            for offset, one in enumerate(order):
                one.offset = offset
            sums = counted_in_batches(list(order), 2)
            assert {key: sum_ for key, sum_ in sums.items() if sum_ != (0, 0)} == expected


def test_rows_that_commit_late_are_counted() -> None:
    records = [published(row, 0, offset) for offset, row in enumerate((5, 7, 6, 8))]
    assert counted_in_batches(records, 1) == {(BECK, LEEDS): (4, 400)}


def test_only_the_last_rows_are_kept() -> None:
    counted = Counted()
    add_up([published(row, 0, row) for row in range(2 * ROWS_KEPT)], {0: counted})
    assert list(counted.last_places()) == list(range(ROWS_KEPT, 2 * ROWS_KEPT))


@given(
    rows=st.lists(st.integers(1, 6), min_size=1, max_size=12),
    crashes=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 80)), max_size=3),
    again=st.integers(0, 40),
    size=st.integers(1, 30),
)
def test_what_the_relay_publishes_again_counts_once(
    rows: list[int], crashes: list[tuple[int, int]], again: int, size: int
) -> None:
    """The relay crashes somewhere in up to sixteen rows and begins anew with the first of them;
    the consumer crashes too and is given its last records again.
    """
    events = [(row, place) for row, most in enumerate(rows) for place in range(most)]
    log: list[tuple[int, int]] = []
    begin = 0
    for first, reached in sorted(crashes):
        begin = max(begin, min(first, len(rows) - 1))
        log += [event for event in events if event[0] >= begin][:reached]
        if log:
            begin = min(begin, log[-1][0])
    done = set(log)
    missing = next((row for row, place in events if (row, place) not in done), len(rows))
    log += [event for event in events if event[0] >= min(missing, begin)]
    records = [
        published(row, place, offset, pence=10 * row + place)
        for offset, (row, place) in enumerate(log)
    ]
    expected = {(BECK, LEEDS): (len(events), sum(10 * row + place for row, place in events))}
    assert counted_in_batches(records, size) == expected
    assert counted_in_batches(records + records[-again:], size) == expected
