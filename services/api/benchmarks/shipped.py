"""The estimates and areas that come with the product: West Yorkshire's."""

from functools import cache
from pathlib import Path

from services.api.benchmarks.population import Estimate, Serving
from services.api.benchmarks.population_file import read_estimates, read_serving

_HERE = Path(__file__).parent
_SOURCE = "Office for National Statistics, mid-2020 population estimates (OGL v3.0)"
# As carried by mySociety's list of UK local authorities, which is under the same licence.


@cache
def shipped_estimates() -> tuple[Estimate, ...]:
    """Of populations.csv."""
    return tuple(read_estimates((_HERE / "populations.csv").read_bytes(), _SOURCE))


@cache
def shipped_areas() -> tuple[Serving, ...]:
    """Of areas.csv: who serves which area."""
    return tuple(read_serving((_HERE / "areas.csv").read_bytes()))
