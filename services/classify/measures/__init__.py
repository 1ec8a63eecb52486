"""Measures of an organisation, as dated data: its income band, its size, its Place."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from services.classify.dated import check_editions, in_force, read_dated
from services.classify.measures.bands import Scale
from services.classify.measures.places import System
from shared.errors import Misconfigured

_FOLDER = Path(__file__).parent
_INCOME, _PLACES = "income", "places"
BAND, SIZE = "income-band", "size"


@dataclass(frozen=True)
class Measures:
    """The scales in force, and the system whose Places are known."""

    bands: Scale
    sizes: Scale
    system: System


def read_measures(own: Path | None = None, on: date | None = None) -> Measures:
    """The editions in force on a day, the newest where none is given.

    The scales of an installation stand beside the shipped ones, or are newer editions of them; its
    Places stand instead of them. Misconfigured says what is wrong.
    """
    scales = read_dated(_FOLDER / _INCOME, Scale)
    systems = read_dated(_FOLDER / _PLACES, System)
    if own:
        scales += read_dated(own / _INCOME, Scale)
        systems = read_dated(own / _PLACES, System) or systems
    check_editions(scales)
    check_editions(systems)
    chosen = in_force(scales, on)
    known = in_force(systems, on)
    for name in (BAND, SIZE):
        if name not in chosen:
            raise Misconfigured(f"no edition of the scale {name} holds on {on}")
    if unknown := sorted(set(chosen) - {BAND, SIZE}):
        raise Misconfigured(f"the scale {unknown[0]} is not used: only {BAND} and {SIZE} are")
    if len(known) != 1:
        names = ", ".join(sorted(known)) or "none"
        raise Misconfigured(f"Places of exactly one system must hold on {on}; there are: {names}")
    return Measures(chosen[BAND], chosen[SIZE], next(iter(known.values())))
