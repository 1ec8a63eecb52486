"""Buyers and Places as they are compared: each measure, or why it can't be told."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from services.api.asked.question import Question
from services.api.benchmarks.concentration import LARGEST, Concentration, concentrate
from services.api.benchmarks.lengths import Term, measure_lengths
from services.api.benchmarks.population import Areas, Population, fold_place
from services.api.queries.benchmarks import By, Compared, by_locality
from services.api.queries.held_agreements import HeldLine
from services.api.queries.spend import Counted, PassedOn, Sums
from services.api.spend.coverage import CLASSES, share
from services.api.spend.show_figures import cover, figures
from shared.money import format_pounds


class Year(NamedTuple):
    """What is compared: the question, its last day, the areas, and the agreements of that day."""

    question: Question
    until: date
    first: int
    areas: Areas
    held: Sequence[HeldLine]

    @property
    def definition(self) -> str | None:
        """The definition by which it is asked; None where nothing has been classified."""
        return next(iter(self.question.definitions), None)


def show_compared(year: Year, by: By, compared: Sequence[Compared]) -> list[dict[str, Any]]:
    """Every buyer that is asked of, every Place that paid or agreed something, by name; what is
    coded to no Place last.
    """
    paid = {one.name: one for one in compared}
    agreed: dict[str | None, list[HeldLine]] = {}
    spelt = {fold_place(name): name for name in paid if name is not None}
    for line in year.held:
        name = line.buyer if by == "buyer" else line.place
        name = spelt.get(fold_place(name), name) if name and by == "place" else name
        agreed.setdefault(name, []).append(line)
    asked = year.question.buyers if by == "buyer" else ()
    names = sorted({*paid, *agreed, *asked}, key=lambda name: (name is None, name or ""))
    return [_one(year, by, name, paid.get(name), agreed.get(name, [])) for name in names]


def cover_all(compared: Sequence[Compared]) -> dict[str, Any]:
    """How much is known of all of them together."""
    return cover(
        {name: sum(one.gross[name] for one in compared) for name in CLASSES},
        {name: sum(one.class_lines[name] for one in compared) for name in CLASSES},
        PassedOn(*map(sum, zip(*(one.passed_on for one in compared), strict=True))),
    )


def _one(
    year: Year, by: By, name: str | None, paid: Compared | None, held: Sequence[HeldLine]
) -> dict[str, Any]:
    untold: list[dict[str, str]] = []

    def cannot(measure: str, reason: str) -> None:
        untold.append({"measure": measure, "reason": reason})

    counted = _people(year, name)
    people = counted if isinstance(counted, Population) else None
    if isinstance(counted, str):
        cannot("per_head", counted)
    counts = paid is not None and paid.vcse_lines > 0
    if paid is None:
        cannot("spend", "no payment of the year is known")
    elif not counts:
        cannot("counting", _why_none_counts(year, paid))
    has_areas = by == "place" or bool(name and year.areas.served(name))
    if counts and not has_areas:
        cannot("local", "no area is recorded that it serves")
    counting = [line for line in held if line.counts]
    if not held:
        cannot("agreements", "no agreement that runs then is known")
    elif not counting:
        cannot("agreements", "no agreement that runs then has a provider that is known to count")
    return {
        "by": by,
        "name": name,
        "population": _population(people, year.first) if people else None,
        "spend": figures(_sums(paid, year), year.question) if paid else None,
        "per_head": {
            "amount": _per_head(paid.pence, people),
            "counting": _per_head(paid.vcse_pence, people) if counts else None,
        }
        if paid and people
        else None,
        "programmes": _programmes(paid, people, counts=counts) if paid else [],
        "local": _local(year.areas, name, paid) if paid and counts and name and has_areas else None,
        "providers": _concentration(concentrate(paid.organisations)) if paid and counts else None,
        "agreements": _agreements(year.until, held, counting) if counting else None,
        "cannot_be_told": untold,
    }


def _people(year: Year, name: str | None) -> Population | str:
    if name is None:
        return "what is coded to no Place serves no area that is known"
    return year.areas.population(name, year.first)


def _population(people: Population, first: int) -> dict[str, Any]:
    return people._asdict() | {"of_the_year": people.mid_year == first}


def _why_none_counts(year: Year, paid: Compared) -> str:
    if year.definition is None or set(_known(paid.class_lines)) <= {"awaiting"}:
        return "no supplier that was paid has been classified yet"
    if not paid.class_lines["matched"]:
        return "no supplier that was paid is matched with an organisation"
    return "no organisation that was paid is known to count under the definition"


def _known(lines: dict[str, int]) -> list[str]:
    return [name for name, number in lines.items() if number]


def _sums(paid: Compared, year: Year) -> Sums:
    counted = Counted(paid.vcse_lines, paid.vcse_pence, paid.unsettled_lines, paid.unsettled_pence)
    under = [counted for _ in year.question.definitions]
    return Sums({}, paid.lines, paid.pence, under, paid.gross, paid.class_lines, paid.passed_on)


def _per_head(pence: int, people: Population) -> str:
    return format_pounds(round(pence / people.people))


def _programmes(paid: Compared, people: Population | None, *, counts: bool) -> list[dict[str, Any]]:
    return [
        {
            "programme": one.programme,
            "programme_state": one.state,
            "lines": one.lines,
            "amount": format_pounds(one.pence),
            "share": share(one.pence, paid.pence),
            "counting": format_pounds(one.vcse_pence) if counts else None,
            "counting_share": share(one.vcse_pence, one.pence) if counts else None,
            "per_head": _per_head(one.pence, people) if people else None,
        }
        for one in sorted(paid.programmes, key=lambda each: (-each.pence, each.programme or ""))
    ]


def _local(areas: Areas, name: str, paid: Compared) -> dict[str, float | None]:
    pence = by_locality(paid, name, areas)
    return {where: share(part, paid.vcse_pence) for where, part in pence.items()}


def _concentration(found: Concentration) -> dict[str, Any]:
    return {
        "number": found.number,
        "amount": format_pounds(found.pence),
        "smallest": None if found.smallest is None else format_pounds(found.smallest),
        "largest": None if found.largest is None else format_pounds(found.largest),
        "share_of_largest": None
        if found.shares is None
        else {str(number): one for number, one in zip(LARGEST, found.shares, strict=True)},
        "herfindahl": found.herfindahl,
        "left_out": found.left_out,
    }


def _agreements(on: date, held: Sequence[HeldLine], counting: Sequence[HeldLine]) -> dict[str, Any]:
    terms: dict[str, Term] = {}
    for line in counting:
        before = terms.get(line.agreement_id)
        pence = line.pence + (before.annual_pence if before else 0)
        terms[line.agreement_id] = Term(line.start, line.end, pence)
    lengths = measure_lengths(terms.values())
    return {
        "on": on,
        "agreements": lengths.agreements,
        "providers": len({line.provider for line in counting}),
        "others": len({line.agreement_id for line in held if not line.counts}),
        "lines": _concentration(concentrate(line.pence for line in counting)),
        "average_months": lengths.average_months,
        "one_year": lengths.one_year,
        "one_year_share": share(lengths.one_year, lengths.agreements - lengths.without_end),
        "one_year_amount_share": share(lengths.one_year_pence, lengths.pence),
        "without_end": lengths.without_end,
    }
