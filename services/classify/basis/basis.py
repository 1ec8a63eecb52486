"""What suppliers are classified by at one moment: the registers, the definitions, the fit."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Self

import orjson

from services.classify.basis.code_digest import code_digest
from services.classify.definitions.definition import Definitions
from services.classify.matching.index.index import Index
from services.classify.matching.model.model import FITTED_FILE, read_model
from shared.identity import identify


class BasisRecord(NamedTuple):
    """A basis as it is kept: `basis` and `rules` are UUIDs of all of it and of all but registers.

    `registers` are the day of each by source, `definitions` the version of each by name (of flags,
    bands and Places too), `fitted` the day of the fit, `code` a digest of the matching itself; all
    days as ISO.
    """

    basis: str
    rules: str
    registers: dict[str, str]
    definitions: dict[str, str]
    fitted: str
    code: str

    @classmethod
    def of(cls, stamp: str, registers: Mapping[str, str], definitions: Definitions) -> Self:
        """The basis of the registers of this stamp and days, with these definitions and our fit."""
        named = versions(definitions)
        fitted, digest = _fit()
        code = code_digest("matching")
        rules = identify("rules", orjson.dumps(named).decode(), digest, code)
        basis = identify("basis", stamp, rules)
        return cls(basis, rules, dict(sorted(registers.items())), named, fitted, code)


@dataclass(frozen=True)
class Basis:
    """The index of the registers, and the definitions; the model is that of this code."""

    index: Index
    definitions: Definitions

    @property
    def registers(self) -> str:
        """The stamp that tells these registers from any others."""
        return str(self.index.meta["stamp"])

    def record(self) -> BasisRecord:
        """What is kept with each supplier that is classified by this."""
        registers = {s: edition.as_at.isoformat() for s, edition in self.index.editions.items()}
        return BasisRecord.of(self.registers, registers, self.definitions)


def versions(definitions: Definitions) -> dict[str, str]:
    """The version of each definition, flag, scale and system of Places, by name."""
    measures = definitions.measures
    measured = (measures.bands, measures.sizes, measures.system)
    return {each.name: each.version for each in (*definitions, *definitions.flags, *measured)}


@cache
def _fit() -> tuple[str, str]:
    """The day of the fit in force, and a digest of its numbers."""
    numbers = FITTED_FILE.read_bytes()
    return read_model().fitted, hashlib.sha256(numbers).hexdigest()
