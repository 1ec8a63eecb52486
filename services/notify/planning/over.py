"""What became of an agreement that was over already when it became known: asked of the buyer once.

Of its dates nothing is left to do, and yet it may have been renewed without anybody recording it.
"""

from collections.abc import Iterable
from datetime import date

from services.notify.dates.words import in_words
from services.notify.notices.notice import Notice
from services.notify.planning.agreement import Agreement
from services.notify.planning.obligation import Held, Obligation, identified
from shared.periods import later

_ASKED_FOR = "P3M"


def ask_over(
    agreement: Agreement,
    held: Iterable[Held],
    notices: Iterable[Notice],
    today: date,
    *,
    first: bool,
) -> list[Obligation]:
    """The question, where it is over by its terms and nothing says what became of it.

    `first`: nothing was planned of it before; later only what was asked then is held to.
    """
    end = agreement.end
    if agreement.standing != "dated" or end is None or end >= today:
        return []
    if any(one.decides(end) for one in notices):
        return []
    asked = [one.obligation.due_on for one in held if one.obligation.kind == "over"]
    if first:
        asked = [today]
    rule = f"by its terms it ended on {in_words(end)}, and that day had passed when it was"
    rule += " registered; neither a renewal nor its end is recorded"
    return [
        identified(
            agreement.agreement_id, "over", _ASKED_FOR, day, day, later(day, _ASKED_FOR), rule
        )
        for day in asked
    ]
