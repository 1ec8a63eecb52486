"""Steps that are taken in turn, of which one that fails holds up none of the others."""

from collections.abc import Awaitable, Callable, Mapping

from services.notify.metrics import STEPS_FAILED
from shared.database import DATABASE_ERRORS
from shared.logs import logger

_REPEATED = 3


class Steps:
    """Named steps, in their order, and how often in a row each has failed."""

    def __init__(self, steps: Mapping[str, Callable[[], Awaitable[object]]]) -> None:
        self._steps = steps
        self._failed = dict.fromkeys(steps, 0)

    async def take(self) -> None:
        """Take each step once; one that fails is said, counted and tried again the next time.

        An error of ours at one agreement must not keep the notices of all the others.
        """
        for name, step in self._steps.items():
            log = logger.bind(step=name)
            try:
                await step()
            except DATABASE_ERRORS as error:
                self._note(name)
                log.warning("step.interrupted", error=repr(error))
            except Exception:
                self._note(name)
                log.exception("step.failed")
            else:
                self._failed[name] = 0

    def unready(self) -> list[str]:
        """Which steps have failed time and again, in words; empty when none has."""
        return [
            f"{name}: failed {times} times in a row"
            for name, times in self._failed.items()
            if times >= _REPEATED
        ]

    def _note(self, name: str) -> None:
        self._failed[name] += 1
        STEPS_FAILED.labels(name).inc()
