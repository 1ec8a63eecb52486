"""Whether the extension options of an agreement agree with its end, its maximum and each other."""

from collections.abc import Sequence
from datetime import date

from dateutil.relativedelta import relativedelta

from shared.agreement_parts import ExtensionOption
from shared.errors import Rejected
from shared.events import AgreementVariationPosted, PostedTerms
from shared.extension import MONTH_ENDS, option_spans
from shared.periods import span

_AT = "extension_options"


def check_options(terms: PostedTerms) -> None:
    """Rejected, naming the field, for an option that contradicts the terms or the one before it.

    Which options of a variation are used up its own terms do not tell, so its options may begin
    earlier than from its end: of them less is asked.
    """
    options = terms.extension_options
    for place, option in enumerate(options):
        _check_length(terms, option, f"{_AT}.{place}")
        _check_until(terms, option, f"{_AT}.{place}")
    _check_order(options)
    varies = isinstance(terms, AgreementVariationPosted)
    for place, (option, (begins, reaches)) in enumerate(
        zip(options, option_spans(terms.end, options), strict=True)
    ):
        at = f"{_AT}.{place}"
        if option.used or begins is None or reaches is None:
            continue
        last = max(filter(None, (begins, terms.maximum_end if varies else None)))
        if option.exercise_by is not None and option.exercise_by > last:
            raise Rejected(
                f"{at}.exercise_by is after the day from which the option extends, {last}",
                f"{at}.exercise_by",
            )
        if not varies:
            _check_reach(terms, option, begins, reaches, at)


def _check_length(terms: PostedTerms, option: ExtensionOption, at: str) -> None:
    if option.length is None:
        return
    if span(option.length) == relativedelta():
        raise Rejected(f"{at}.length is no time at all", f"{at}.length")
    if terms.end is None:
        raise Rejected(
            f"{at}.length counts from the end, and none is recorded: give end, or until",
            f"{at}.length",
        )


def _check_until(terms: PostedTerms, option: ExtensionOption, at: str) -> None:
    until = option.until
    if until is None:
        return
    if until <= terms.start:
        raise Rejected(f"{at}.until is not after start", f"{at}.until")
    if terms.maximum_end is not None and until > terms.maximum_end:
        raise Rejected(f"{at}.until is after maximum_end", f"{at}.until")
    if option.exercise_by is not None and option.exercise_by > until:
        raise Rejected(
            f"{at}.exercise_by is after the day until which the option runs", f"{at}.exercise_by"
        )


def _check_order(options: Sequence[ExtensionOption]) -> None:
    before: date | None = None
    for place, option in enumerate(options):
        if option.until is None:
            continue
        if before is not None and option.until <= before:
            at = f"{_AT}.{place}.until"
            raise Rejected(f"{at} is not after the option before it: options follow in order", at)
        before = option.until


def _check_reach(
    terms: PostedTerms, option: ExtensionOption, begins: date, reaches: date, at: str
) -> None:
    if reaches <= begins:
        raise Rejected(f"{at}.until is not after the day that it extends, {begins}", f"{at}.until")
    latest = terms.maximum_end
    if option.length is not None and latest is not None and reaches > latest + MONTH_ENDS:
        raise Rejected(f"{at}.length reaches {reaches}, after maximum_end", f"{at}.length")
