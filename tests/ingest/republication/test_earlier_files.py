"""Which earlier files a file may state anew."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.ingest.republication.coverage import Span
from services.ingest.republication.earlier_files import earlier_files

LATER = str(uuid4())
"""The file that is being imported."""


@dataclass(frozen=True)
class Begun:
    """An import of the n-th month, and how often anybody looked which file it is of."""

    month: int
    file: UUID
    looks: Counter[str]
    supersedes: list[UUID] = field(default_factory=list)
    state: str = "finished"
    import_id: UUID = field(default_factory=uuid4)

    @property
    def file_id(self) -> UUID:
        self.looks["file_id"] += 1
        return self.file

    @property
    def first_date(self) -> date:
        return date(2000 + self.month // 12, 1 + self.month % 12, 5)

    @property
    def last_date(self) -> date:
        return self.first_date + timedelta(days=20)

    @property
    def started_at(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=self.month)


def found(begun: list[Any]) -> list[tuple[UUID, frozenset[str], Span]]:
    every, _ = earlier_files(begun, LATER, None)
    return [(each.row.file, each.files, each.months) for each in every]


def test_a_file_that_another_states_anew_is_that_ones() -> None:
    looks: Counter[str] = Counter()
    april = Begun(3, uuid4(), looks)
    to_may = Begun(4, uuid4(), looks, [april.import_id])
    to_june = Begun(5, uuid4(), looks, [to_may.import_id])
    july = Begun(6, uuid4(), looks)
    own = Begun(7, UUID(LATER), looks)
    series = frozenset(str(each.file) for each in (april, to_may, to_june))
    assert found([april, to_may, to_june, july, own]) == [
        (july.file, frozenset([str(july.file)]), Span(date(2000, 7, 1), date(2000, 7, 31))),
        (to_june.file, series, Span(date(2000, 4, 1), date(2000, 6, 30))),
    ]


def test_of_thousands_of_files_each_is_looked_at_a_few_times() -> None:
    looks: Counter[str] = Counter()
    begun = [Begun(month, uuid4(), looks) for month in range(1_000)]
    assert len(found(begun)) == len(begun)
    assert looks["file_id"] < 20 * len(begun)
