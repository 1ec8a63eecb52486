"""When the ranking is refreshed: soon once nothing arrives, seldom while payments stream in."""

_REST = 60
"""Of the time that passes while suppliers are touched, one part in so many goes into refreshing."""


def is_due(*, waiting: int, touched: int, rested: float, took: float) -> bool:
    """Whether to refresh some of the suppliers that wait.

    `touched`: how many transactions touched some since the last look, a moment ago. `rested`: the
    seconds since the last refresh ended, `took`: those that it took.
    """
    if not waiting:
        return False
    return not touched or rested >= _REST * took
