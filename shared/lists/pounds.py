"""Pounds of a column of pence."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_A_PENNY = pa.scalar(Decimal("0.01"), pa.decimal128(3, 2))


def pounds_of(pence: Any) -> Any:
    """Each as `shared.money.format_pounds` writes it."""
    return pc.multiply(pence.cast(pa.decimal128(19, 0)), _A_PENNY).cast(pa.string())
