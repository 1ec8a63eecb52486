"""Which doors answer what a pack holds: the address of each, as `contents.csv` names it."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from services.api.reports.read_statement import AskedStatement
from services.api.statements.packs import Beside, Pack


class AskedPack(NamedTuple):
    """Which pack, of which statement, and what no row tells of the commitments, in per cent."""

    pack: Pack
    statement: AskedStatement
    allocation_growth: float | None = None
    net_uplift: float | None = None


def door_of_statement(of: AskedStatement) -> str:
    """Where the statement of a whole year is answered; '' of a part, which a pack alone has."""
    if of.part != "year":
        return ""
    return _address(
        f"/v1/statements/{of.buyer}/{of.financial_year}",
        {
            "definition": of.definition,
            "unsettled": None if of.unsettled else "false",
            "with_predecessors": "true" if of.with_predecessors else None,
            "as_known_at": of.as_known_at,
        },
    )


def door_beside(name: Beside, asked: AskedPack) -> str:
    """Where what stands beside the statement is answered, of the year and as known on the day."""
    of = asked.statement
    if name == "benchmarks":
        return _address(
            "/v1/benchmarks",
            {
                "financial_year": of.financial_year,
                "definition": of.definition,
                "as_known_at": of.as_known_at,
            },
        )
    return _address(
        f"/v1/commitments/{of.buyer}/{of.financial_year}",
        {
            "definition": of.definition,
            "as_of": of.as_known_at,
            "allocation_growth": asked.allocation_growth,
            "net_uplift": asked.net_uplift,
        },
    )


def _address(path: str, asked: Mapping[str, object]) -> str:
    query = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{path}?{query}" if query else path
