"""Filters of several values that more than one door takes: any of them passes. Each is given as a
parameter of its own; buyers and years as a comma list too.
"""

from typing import Annotated

from fastapi import Query

Buyers = Annotated[list[str], Query(description="All by default")]
FinancialYears = Annotated[list[str], Query()]
ByMaps = Annotated[
    list[str], Query(description="By the buyers' maps, in any spelling; empty: none")
]
"""Of programmes and budget heads."""
AsPrinted = Annotated[
    list[str], Query(description="As the ledger prints it; empty: it prints none")
]
IfKnown = Annotated[list[str], Query(description="Of the organisation; empty: not known")]
