"""What a buyer must see of a supplier whatever the definition: charities of public bodies."""

from services.classify.definitions.criterion import meets
from services.classify.definitions.definition import Definitions
from services.classify.matching.bodies import Body
from services.classify.matching.match import Match
from shared.events import Flag


def flags(match: Match, definitions: Definitions) -> tuple[Flag, ...]:
    """The flags of what the supplier is taken for, each with the rule that raised it.

    Where several bodies are possible, those that every one of them bears: whichever it is.
    """
    raised = [_raised(body, definitions) for body in match.possible]
    if not raised:
        return ()
    first, *others = raised
    return tuple(
        Flag(flag=name, rule=rule)
        for name, rule in first.items()
        if all(name in other for other in others)
    )


def _raised(body: Body, definitions: Definitions) -> dict[str, str]:
    organisations = dict.fromkeys((body.present, *body.found))
    return {
        flag.name: rule
        for flag in definitions.flags
        if (
            rule := next(
                (
                    f"{criterion.rule}: {organisation.name[:200]}"
                    for organisation in organisations
                    for criterion in flag.criteria
                    if meets(organisation, criterion, {})
                ),
                None,
            )
        )
    }
