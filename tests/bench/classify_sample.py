"""`python -m tests.bench.classify_sample`: payees of a whole ledger to be read by eye.

No labels say of West Yorkshire's payees what they are. Of the distinct names that were paid, some
are drawn of those that `match` links by itself, and of those that it says are registered charities.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson

from services.classify.definitions.definition import read_definitions
from services.classify.match_files.index_files import index_files
from services.classify.match_files.match_file import answering
from services.classify.supplier import Supplier
from tests.bench.figures import say
from tests.support.data import data_folder
from tests.support.postings import real_postings

_MOST_POSTINGS = 10_000_000
_AT_ONCE = 2000


def main() -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder(), help="folder of real data")
    parser.add_argument("--seed", type=int, required=True, help="another seed, another sample")
    parser.add_argument("--of", type=int, default=100, help="payees of each sort")
    given = parser.parse_args()
    if given.data is None:
        parser.error("the folder of real data is not here: --data or LOCALPOUND_DATA names it")
    drawn = random.Random(given.seed)
    payees = sorted(payees_of(given.data))
    drawn.shuffle(payees)
    linked, charities = [], []
    for answer in _answers(payees, given.data / "registers"):
        if answer[2] == "auto":
            linked.append(answer)
        if answer[1] == "true":
            charities.append(answer)
        if min(len(linked), len(charities)) >= given.of:
            break
    for title, own in (("linked", linked), ("said a registered charity", charities)):
        say(f"{title}: payee, tier, candidate, its name, chance, rule, among")
        for payee, _, *rest in own[: given.of]:
            say("  " + " | ".join((payee, *rest)))


def payees_of(data: Path) -> set[str]:
    """The distinct names that were paid."""
    return {orjson.loads(posting.value)["payee"] for posting in real_postings(data, _MOST_POSTINGS)}


def _answers(payees: Sequence[str], registers: Path) -> Iterator[tuple[str, ...]]:
    answer = answering(index_files(registers), read_definitions())
    for at in range(0, len(payees), _AT_ONCE):
        yield from answer([Supplier("", payee) for payee in payees[at : at + _AT_ONCE]])


if __name__ == "__main__":
    main()
