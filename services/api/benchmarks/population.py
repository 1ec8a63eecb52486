"""How many people a Place or a buyer serves, by the mid-year estimates of its areas."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from shared.codes import fold_code


class Estimate(NamedTuple):
    """The people of an area (its ONS code) on 30 June of `mid_year`, and who says so."""

    area: str
    mid_year: int
    people: int
    source: str


class Serving(NamedTuple):
    """A buyer (its org-id) or a Place serves an area, whole."""

    serves: str
    area: str


class Population(NamedTuple):
    """The people of several areas at one mid-year."""

    people: int
    mid_year: int
    areas: tuple[str, ...]
    sources: tuple[str, ...]


class Areas:
    """Which areas are served by whom, and how many people each has."""

    def __init__(self, estimates: Iterable[Estimate], serving: Iterable[Serving]) -> None:
        self._estimates: dict[str, dict[int, Estimate]] = {}
        for one in estimates:
            self._estimates.setdefault(one.area, {})[one.mid_year] = one
        self._served: dict[str, set[str]] = {}
        for who, area in serving:
            self._served.setdefault(fold_place(who), set()).add(area)

    def served(self, who: str) -> tuple[str, ...]:
        """The areas of a buyer or a Place, in order; none where none is recorded."""
        return tuple(sorted(self._served.get(fold_place(who), ())))

    def overlap(self, who: str, place: str) -> bool:
        """Whether a Place shares an area with a buyer or a Place, or is it by another spelling."""
        mine = {fold_place(who), *self.served(who)}
        return not mine.isdisjoint({fold_place(place), *self.served(place)})

    def population(self, who: str, year: int) -> Population | str:
        """The people of all areas served, at the mid-year of a financial year that begins in `year`
        or the nearest that all of them have, the earlier of two; else why it can't be told.
        """
        areas = self.served(who)
        if not areas:
            return "no area is recorded that it serves"
        years = set.intersection(*(set(self._estimates.get(area, ())) for area in areas))
        if not years:
            return f"no mid-year estimate is loaded of {_without(areas, self._estimates)}"
        nearest = min(years, key=lambda one: (abs(one - year), one))
        found = [self._estimates[area][nearest] for area in areas]
        return Population(
            sum(one.people for one in found),
            nearest,
            areas,
            tuple(sorted({one.source for one in found})),
        )


def fold_place(name: str) -> str:
    """What spellings of a Place have in common: `Bradford District & Craven`, ... and Craven."""
    return fold_code(name.replace("&", " and "))


def _without(areas: Collection[str], known: Mapping[str, object]) -> str:
    """The areas of which there is none, or all of them where they have no mid-year in common."""
    lacking = [area for area in areas if area not in known]
    return ", ".join(lacking) if lacking else f"{', '.join(areas)} at the same mid-year"
