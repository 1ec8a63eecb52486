"""Which programme and budget head the codes of a payment are of, on which days, by the buyer's map.

The most specific line wins: three codes go before two, two before one; of as many, the ledger's own
programme column goes before the unit, and the unit before the type of expense. Of lines with the
same codes the last that had begun counts. A body's own map goes before those of its predecessors,
and nearer ones before earlier; where predecessors that merged say different things of the same
codes, nothing is said. A line need not name a budget head: where the one that decides the programme
does not, the next one in that order that names a head decides it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from shared.codes import fold_code

MAPPED, AS_CODED, UNMAPPED, NOT_CODED = "mapped", "as-coded", "unmapped", "not-coded"
STATES = (MAPPED, AS_CODED, UNMAPPED, NOT_CODED)
"""A line of a map says so; the ledger's own word, which no line names; codes that no line names;
no code at all."""
PREDECESSORS_DIFFER = "predecessors differ"
_DAY = timedelta(days=1)


class Codes(NamedTuple):
    """What a payment bears, or what a line of a map names; '' where there is none."""

    unit: str
    expense_type: str
    ledger_programme: str

    def folded(self) -> "Codes":
        """The codes as they are compared."""
        return Codes(*map(fold_code, self))


class Dated(NamedTuple):
    """A programme from a day on, and its budget head where one is named."""

    since: date
    programme: str
    budget_head: str | None = None


CodeMap = Mapping[Codes, Sequence[Dated]]
"""A buyer's map: the lines of each combination of folded codes, by their day."""
Generations = Sequence[Sequence[CodeMap]]
"""A buyer's own map, then those of its predecessors, then those of theirs."""


class ProgrammeSpan(NamedTuple):
    """Days over which codes are of one programme and budget head; both days count. `rule` names the
    codes that decided the programme.

    `programme` is None where there is none: codes unmapped, or none. `budget_head` is None where no
    line that had begun names one.
    """

    since: date
    until: date
    state: str
    programme: str | None
    rule: str
    budget_head: str | None = None

    def keyed(self) -> tuple[date, date, str, str | None, str, str | None, str | None, str | None]:
        """As it is kept: with what spellings of the programme and of the head have in common."""
        return *self, _key(self.programme), _key(self.budget_head)


_SPECIFIC: tuple[tuple[str, tuple[bool, bool, bool]], ...] = (
    ("unit, expense type and ledger programme", (True, True, True)),
    ("unit and ledger programme", (True, False, True)),
    ("expense type and ledger programme", (False, True, True)),
    ("unit and expense type", (True, True, False)),
    ("ledger programme", (False, False, True)),
    ("unit", (True, False, False)),
    ("expense type", (False, True, False)),
)
"""What a line may name, the most specific first."""


def programme_spans(codes: Codes, maps: Generations) -> list[ProgrammeSpan]:
    """Which programme and head the codes are of, on every day: spans that follow each other
    without a gap.
    """
    candidates = _candidates(codes.folded(), maps)
    starts = {one.since for _, found in candidates for lines in found for one in lines}
    spans: list[ProgrammeSpan] = []
    for since in sorted({date.min, *starts}):
        decided = (*_decide(codes, candidates, since), _head(candidates, since))
        if spans and spans[-1][2:] == decided:
            continue
        if spans:
            spans[-1] = spans[-1]._replace(until=since - _DAY)
        spans.append(ProgrammeSpan(since, date.max, *decided))
    return spans


Candidates = list[tuple[str, list[Sequence[Dated]]]]


def _candidates(codes: Codes, maps: Generations) -> Candidates:
    """Every rule that may decide, the first one that does before the others."""
    found: Candidates = []
    for generation in maps:
        for rule, named in _SPECIFIC:
            key = Codes(
                *(code if is_named else "" for code, is_named in zip(codes, named, strict=True))
            )
            if all(bool(code) == is_named for code, is_named in zip(key, named, strict=True)):
                lines = [code_map[key] for code_map in generation if key in code_map]
                if lines:
                    found.append((rule, lines))
    return found


def _decide(codes: Codes, candidates: Candidates, day: date) -> tuple[str, str | None, str]:
    """State, programme and rule on a day."""
    for rule, found in candidates:
        in_force: dict[str, str] = {}
        for lines in found:
            begun = [one.programme for one in lines if one.since <= day]
            if begun:
                in_force.setdefault(fold_code(begun[-1]), begun[-1])
        if len(in_force) == 1:
            return MAPPED, next(iter(in_force.values())), rule
        if in_force:
            return _not_mapped(codes, PREDECESSORS_DIFFER)
    return _not_mapped(codes, "no line")


def _head(candidates: Candidates, day: date) -> str | None:
    """The budget head on a day: of the first rule by which one is named, if one alone is."""
    for _, found in candidates:
        begun = [[one.budget_head for one in lines if one.since <= day] for lines in found]
        heads = {fold_code(last): last for *_, last in filter(None, begun) if last is not None}
        if heads:
            return next(iter(heads.values())) if len(heads) == 1 else None
    return None


def _key(said: str | None) -> str | None:
    return None if said is None else fold_code(said)


def _not_mapped(codes: Codes, rule: str) -> tuple[str, str | None, str]:
    if codes.ledger_programme:
        return AS_CODED, codes.ledger_programme, rule
    return (UNMAPPED, None, rule) if any(codes) else (NOT_CODED, None, "no code")


def generations(buyer: str, predecessors: Iterable[tuple[str, str]]) -> list[list[str]]:
    """The buyer, its predecessors, theirs: each body once, where it stands nearest.

    `predecessors` are pairs: a predecessor and the body that answers for it.
    """
    pairs = sorted(predecessors)
    found = [[buyer]]
    met = {buyer}
    while found[-1]:
        before = [one for one, after in pairs if after in found[-1]]
        found.append([one for one in dict.fromkeys(before) if one not in met])
        met.update(found[-1])
    return found[:-1]


def heirs(buyers: Iterable[str], predecessors: Iterable[tuple[str, str]]) -> list[str]:
    """The buyers, and all that answer for them, whose codes their maps may say."""
    pairs = list(predecessors)
    met = set(buyers)
    while more := {after for before, after in pairs if before in met} - met:
        met |= more
    return sorted(met)
