"""Advisory locks: the first number of each, all in one place so that no two are the same.

The second number says what is locked, the schema always a part of it: such locks are the database's
and know no schemas.
"""

from enum import IntEnum


class Lock(IntEnum):
    """What a lock is for."""

    OUTBOX = 6011
    """One relay publishes a schema's outbox."""
    LOADING_REGISTER = 6012
    """Two loads of one register wait for each other."""
    CLASSIFYING = 6013
    """A reclassification waits for who classifies by the registers as they were."""
    IMPORTING = 6014
    """Two imports of one buyer are not begun past each other."""
    TAKING_BYTES = 6015
    """The same bytes are not taken for two buyers past each other."""
    RUNNING = 6016
    """One run over all suppliers at a time."""
    RENEWALS = 8100
    """Two projections do not work out the next date of one agreement past each other."""
    SAYING_FACTS = 8101
    """Two transactions keep no facts under the same event ids at once."""
    MATCHING = 8103
    """What is raised and who is subscribed do not change past each other."""
    SWEEPING_PAYMENTS = 8104
    """One replica at a time looks through payments."""
    PROGRAMMES = 8105
    """No map changes past a batch of payments whose codes are new, which share the lock."""
    KINDS = 8106
    """Nothing known of a supplier changes past a batch of its payments, which share the lock."""
    CORRECTING = 8107
    """No batch of payments is projected past one with corrections; those without share the lock."""
    RANKING = 8108
    """One replica at a time refreshes the ranking of who is paid."""
    PROJECTING = 8110
    """The tables of the read model are not swapped under a projection, which shares the lock."""
    REBUILDING = 8111
    """One rebuild of the read model at a time."""
    KEEPING = 8112
    """What officers keep of one statement or commitment is written one after the other."""
