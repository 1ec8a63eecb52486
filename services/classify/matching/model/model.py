"""The fitted evidence model: how well a pair fits, what the supplier is, and who it is.

Three logistic regressions, each on numbers with a name: `fit` of a pair's names and attributes;
`sort` of a supplier (a registered charity, another VCSE body, neither); `link`, of a candidate,
that the supplier is this body.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import orjson

Floats = npt.NDArray[np.float32]
FITTED_FILE = Path(__file__).with_name("fitted.json")
FARTHEST = 6.0
"""Standard deviations from the average beyond which a feature says no more."""


class Logistic(NamedTuple):
    """A fitted regression: a column of weights and an intercept for each class it scores."""

    features: tuple[str, ...]
    centre: Floats
    scale: Floats
    weights: Floats
    intercept: Floats

    def logits(self, values: Floats) -> Floats:
        """The scores of rows of features, a column each."""
        scaled = (values - self.centre) / self.scale
        logits: Floats = np.clip(scaled, -FARTHEST, FARTHEST) @ self.weights + self.intercept
        return logits

    def weighed(self, values: Floats, column: int = 0) -> Floats:
        """What each feature of one row adds to the score, against the average row."""
        scaled = np.clip((values - self.centre) / self.scale, -FARTHEST, FARTHEST)
        weighed: Floats = scaled * self.weights[:, column]
        return weighed

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """From the file of fitted numbers."""
        features: Mapping[str, Mapping[str, Any]] = said["features"]
        each = list(features.values())
        return cls(
            tuple(features),
            np.array([one["centre"] for one in each], np.float32),
            np.array([one["scale"] for one in each], np.float32),
            np.array([one["weights"] for one in each], np.float32).reshape(len(each), -1),
            np.array(said["intercept"], np.float32),
        )

    def written(self) -> dict[str, Any]:
        """As the file of fitted numbers holds it."""
        return {
            "intercept": [round(float(value), 4) for value in self.intercept],
            "features": {
                name: {
                    "centre": round(float(centre), 4),
                    "scale": round(float(scale), 4),
                    "weights": [round(float(weight), 4) for weight in weights],
                }
                for name, centre, scale, weights in zip(
                    self.features, self.centre, self.scale, self.weights, strict=True
                )
            },
        }


class Thresholds(NamedTuple):
    """The least chance of each saying: a registered charity, a VCSE body; a link made, reviewed."""

    charity_at: float
    other_at: float
    auto_at: float
    review_at: float

    def surely_vcse(self, charity: float, other: float) -> bool:
        """Whether it is sure of what sort a supplier is: a registered charity, or another."""
        return charity >= self.charity_at or charity + other >= self.other_at


class Model(NamedTuple):
    """The regressions and the chances from which something is said; `fitted` is a day as ISO."""

    fitted: str
    fit: Logistic
    sort: Logistic
    link: Logistic
    thresholds: Thresholds

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """From the file of fitted numbers."""
        return cls(
            said["fitted"],
            Logistic.read(said["fit"]),
            Logistic.read(said["sort"]),
            Logistic.read(said["link"]),
            Thresholds(**said["thresholds"]),
        )


def read_model() -> Model:
    """The numbers in force, which `python -m services.classify fit` writes."""
    return Model.read(orjson.loads(FITTED_FILE.read_bytes()))


def chances(logits: Floats) -> Floats:
    """Chances of classes that exclude each other, from their scores."""
    spread = np.exp(logits - logits.max(1, keepdims=True))
    shares: Floats = spread / spread.sum(1, keepdims=True)
    return shares


def chance(logits: Floats) -> Floats:
    """The chance that a score means."""
    one: Floats = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    return one


def columns(names: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """The places of the wanted features among all."""
    return [names.index(name) for name in wanted]
