"""When the ranking is refreshed: at once where nothing arrives, seldom while payments stream in."""

_MANY = 2_000
"""So many suppliers touched, and it is a stream that a refresh would hold up, for its suppliers are
touched again before long."""
_REST, _REST_IN_STREAM = 20, 100
"""How many times as long as a refresh took, the next one is put off."""


def is_due(*, waiting: int, touched: int, rested: float, took: float) -> bool:
    """Whether to refresh some of the suppliers that wait.

    `touched`: how many of them were since those that wait were last gathered. `rested`: the seconds
    since the last refresh ended, `took`: those that it took.
    """
    if not waiting:
        return False
    rest = _REST_IN_STREAM if touched >= _MANY else _REST
    return not touched or rested >= rest * took
