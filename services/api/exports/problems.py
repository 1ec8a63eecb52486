"""What an export could not give, added up: how much of it is missing what, and where to look."""

from dataclasses import dataclass, field
from typing import Any

from services.api.exports.exported import Exported, Gap
from shared.money import format_pounds


@dataclass
class _Sum:
    rows: int = 0
    pence: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, exported: Exported[Any], shown: int) -> None:
        self.rows += 1
        self.pence += exported.pence
        if len(self.first) < shown:
            self.first.append(exported.of)


class Problems:
    """Sums over the rows of an export; of each gap the first `shown` rows by id."""

    def __init__(self, shown: int) -> None:
        self._shown = shown
        self._published, self._left_out = _Sum(), _Sum()
        self._gaps: dict[Gap, _Sum] = {}

    def add(self, exported: Exported[Any]) -> None:
        """Count a row, published or left out, and each of its gaps."""
        whole = self._published if exported.content is not None else self._left_out
        whole.add(exported, 0)
        for gap in exported.gaps:
            self._gaps.setdefault(gap, _Sum()).add(exported, self._shown)

    def told(self) -> dict[str, Any]:
        """As it is answered, what is left out first, then by how many rows it concerns."""
        gaps = sorted(
            self._gaps.items(), key=lambda each: (not each[0].left_out, -each[1].rows, each[0])
        )
        return {
            "published": {
                "rows": self._published.rows,
                "amount": format_pounds(self._published.pence),
            },
            "left_out": {
                "rows": self._left_out.rows,
                "amount": format_pounds(self._left_out.pence),
            },
            "gaps": [
                {
                    **gap._asdict(),
                    "rows": found.rows,
                    "amount": format_pounds(found.pence),
                    "ids": found.first,
                }
                for gap, found in gaps
            ],
        }
