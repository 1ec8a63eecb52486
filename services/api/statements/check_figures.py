"""Every sum, share and difference recomputed: those of the statement, and those that were claimed.

A claim is held against what the other claims come to (as printed, whatever they could have meant)
and against the rows. One warning a claim: where other claims already show it wrong, the rows are
named in the same one.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from services.api.statements.document import Claim, Figure, Mismatch
from services.api.statements.printed import Meant, Unit, read_printed
from services.api.statements.relations import Relation, in_words, work_out
from services.api.statements.shown import show

_ROWS = "the rows"
_HERE = "this statement"


class Checked(NamedTuple):
    """What was recomputed, and where two numbers differ that should be one."""

    checks: int
    warnings: list[Mismatch]


def check_figures(
    figures: Iterable[Figure], relations: Sequence[Relation], claims: Sequence[Claim]
) -> Checked:
    """Recompute the statement's own figures as printed, then each claim."""
    known = {figure.key: figure for figure in figures}
    own = {
        key: read_printed(figure.shown, figure.unit)
        for key, figure in known.items()
        if figure.value is not None
    }
    checked = [
        _differs(known[relation.result], None, own[relation.result], relation, worked_out, known)
        for relation in relations
        if relation.result in own and (worked_out := work_out(relation, own)) is not None
    ]
    of_claims = _check_claims(known, relations, [one for one in claims if one.figure in known])
    lost = [_not_here(claim) for claim in claims if claim.figure not in known]
    return Checked(
        len(checked) + of_claims.checks,
        [*(warning for warning in checked if warning is not None), *of_claims.warnings, *lost],
    )


def _not_here(claim: Claim) -> Mismatch:
    """A programme, say, that no agreement and no payment bears any more."""
    return Mismatch(
        figure=claim.figure,
        label=claim.figure,
        printed=claim.printed,
        source=claim.source,
        recomputed="nothing",
        by=[_ROWS],
        verdict="impossible",
        sentence=f"{claim.figure} is printed as {claim.printed} ({claim.source}). Nothing of that "
        "name is in the rows.",
    )


def _check_claims(
    known: Mapping[str, Figure], relations: Sequence[Relation], claims: Sequence[Claim]
) -> Checked:
    meant = {
        claim.claim_id: read_printed(claim.printed, known[claim.figure].unit) for claim in claims
    }
    narrowest: dict[str, Claim] = {}
    for claim in claims:
        other = narrowest.get(claim.figure)
        if other is None or meant[claim.claim_id].width < meant[other.claim_id].width:
            narrowest[claim.figure] = claim
    printed = {key: meant[claim.claim_id] for key, claim in narrowest.items()}
    checks = 0
    warnings = []
    for claim in claims:
        figure, says = known[claim.figure], meant[claim.claim_id]
        # Of several claims of one figure the one that leaves least open is held against others.
        own = [one for one in relations if one.result == claim.figure]
        follows = [
            (relation, worked_out)
            for relation in (own if narrowest[claim.figure] == claim else ())
            if (worked_out := work_out(relation, printed)) is not None
        ]
        differing = (_differs(figure, claim, says, *each, known) for each in follows)
        found = next((one for one in differing if one is not None), None)
        checks += len(follows)
        if figure.value is not None and figure.rows is not None:
            checks += 1
            if not says.holds(figure.value):
                found = _with_rows(figure, claim, found)
        if found is not None:
            warnings.append(found)
    return Checked(checks, warnings)


def _differs(
    figure: Figure,
    claim: Claim | None,
    says: Meant,
    relation: Relation,
    worked_out: Meant,
    known: Mapping[str, Figure],
) -> Mismatch | None:
    """A warning unless what follows from the others is what was said."""
    if says.holds(worked_out.value):
        return None
    recomputed = show(worked_out.value, figure.unit)
    verdict: Literal["rounding", "impossible"] = (
        "rounding" if says.meets(worked_out) else "impossible"
    )
    printed, source = (figure.shown, _HERE) if claim is None else (claim.printed, claim.source)
    names = [known[key].label for key in relation.of]
    why = (
        "rounding alone may explain it"
        if verdict == "rounding"
        else "no rounding of them explains it: whatever they could have meant, it lies between "
        f"{show(worked_out.low, figure.unit)} and {show(worked_out.high, figure.unit)}"
    )
    return Mismatch(
        figure=figure.key,
        label=figure.label,
        printed=printed,
        source=source,
        recomputed=recomputed,
        by=names,
        verdict=verdict,
        sentence=f"{figure.label} is printed as {printed} ({source}); "
        f"{in_words(relation.kind, names)}, as printed, is {recomputed}: {why}.",
    )


def _with_rows(figure: Figure, claim: Claim, found: Mismatch | None) -> Mismatch:
    """The warning that the rows give another figure, or the one there is with what they give."""
    said = f"The rows come to {figure.shown}."
    if found is not None:
        return found.model_copy(
            update={"by": [*found.by, _ROWS], "sentence": f"{found.sentence} {said}"}
        )
    return Mismatch(
        figure=figure.key,
        label=figure.label,
        printed=claim.printed,
        source=claim.source,
        recomputed=figure.shown,
        by=[_ROWS],
        verdict="impossible",
        sentence=f"{figure.label} is printed as {claim.printed} ({claim.source}). {said}",
    )


def claimed(claims: Sequence[Claim], figure: str, unit: Unit) -> Decimal | None:
    """The number that was claimed last of a figure; None where none was."""
    found = [claim for claim in claims if claim.figure == figure]
    return read_printed(found[-1].printed, unit).value if found else None
