"""The surrogate: two ridge regressions, one for first replies and one for all later ones.

At a first reply every dialogue stands at the same state, so that only the reply can tell; later on
most of what can be told is the state. Saved as JSON: a file is data, and loading it runs nothing.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field
from scipy import sparse

from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.protocol import BEST_CHANGE, WORST_CHANGE

from .features import ngrams, reply_features, state_features
from .moments import Moment, language_spoken

Sees = Literal["state", "all"]
"""What a model may look at: the dialogue's state before the reply only, or the reply as well."""
PENALTY: dict[Sees, float] = {"state": 3.0, "all": 2.0}
"""Strength of the ridge penalty; small beside thousands of rows, whose n-grams have length 1."""
REPLY_WEIGHT = 0.35
"""Length of the block of reply features beside the n-grams of length 1."""
DIGITS = 5
"""Significant digits of a stored weight."""
FEATURES_VERSION = 1
"""Raised when the same text gives other features, so that an old file is refused."""


class Design:
    """The features of some moments, computed once however many models are fitted on parts."""

    def __init__(self, moments: Sequence[Moment]) -> None:
        self.moments = list(moments)
        self.changes = np.array([moment.change for moment in moments], dtype=float)
        self.first = np.array([moment.turn == 0 for moment in moments], dtype=bool)
        self.state = state_features(moments)
        self.said = ngrams([moment.reply for moment in moments])
        self.lines = ngrams([moment.exchange.seeker for moment in moments])
        self.reply = reply_features(moments)

    def rows(self, chosen: np.ndarray, head: "Head", sees: Sees) -> sparse.csr_matrix:
        """The features of chosen moments as a head wants them."""
        state: sparse.csr_matrix = self.state[chosen]
        if sees == "state":
            return state
        reply = (self.reply[chosen] - np.array(head.center)) * np.array(head.scale)
        blocks = [self.said[chosen], sparse.csr_matrix(reply)]
        if not head.opening:  # before the first reply, state and line are the seeker's alone
            blocks += [state, self.lines[chosen]]
        return sparse.csr_matrix(sparse.hstack(blocks))


class Head(Frozen):
    """One linear model: intercept, standardisation of the reply features, and weights."""

    opening: bool
    """Whether it is for first replies."""
    intercept: float = 0.0
    center: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()

    def predict(self, rows: sparse.csr_matrix) -> np.ndarray:
        """Expected changes, one a row, within -10..10."""
        if not self.weights:
            return np.full(len(rows.indptr) - 1, self.intercept)
        return np.clip(self.intercept + rows @ np.array(self.weights), WORST_CHANGE, BEST_CHANGE)


class Surrogate(Frozen):
    """Predicts the change of emotion that an appraiser would give to a reply."""

    features_version: Literal[1] = FEATURES_VERSION
    sees: Sees = "all"
    opening: Head
    """For first replies."""
    later: Head
    simulators: tuple[str, ...] = Field(min_length=1)
    """Whose appraisals were learnt; the levels of others differ."""
    languages: tuple[Language, ...] = Field(min_length=1)
    """Of the dialogues that were learnt; of another language its features know nothing."""
    sources: tuple[str, ...] = ()
    """Simulators and supporters that were learnt from."""
    replies: int = Field(ge=1)

    def predict(self, design: Design, chosen: np.ndarray | None = None) -> np.ndarray:
        """Expected changes of the chosen moments (all by default), -10..10."""
        places = np.arange(len(design.moments)) if chosen is None else chosen
        expected = np.zeros(len(places))
        for head, part in ((self.opening, design.first), (self.later, ~design.first)):
            mine = part[places]
            if mine.any():
                expected[mine] = head.predict(design.rows(places[mine], head, self.sees))
        return expected


def fit(design: Design, chosen: np.ndarray | None = None, sees: Sees = "all") -> Surrogate:
    """Learn from the chosen moments (indices; all by default).

    Raises:
        ValueError: There is none.
    """
    places = np.arange(len(design.moments)) if chosen is None else chosen
    if not len(places):
        raise ValueError("a surrogate needs an appraised reply to learn from, but got none")
    learnt = [design.moments[place].transcript for place in places]
    return Surrogate(
        sees=sees,
        opening=_fit_head(design, places[design.first[places]], sees, opening=True),
        later=_fit_head(design, places[~design.first[places]], sees, opening=False),
        simulators=tuple(sorted({transcript.simulator for transcript in learnt})),
        languages=tuple(sorted({language_spoken(transcript) for transcript in learnt})),
        sources=tuple(sorted({design.moments[place].source for place in places})),
        replies=len(places),
    )


def _fit_head(design: Design, places: np.ndarray, sees: Sees, *, opening: bool) -> Head:
    from sklearn.linear_model import Ridge

    head = Head(opening=opening)
    if not len(places):
        return head
    if sees == "all":
        head = head.model_copy(update=_standardisation(design.reply[places]))
    changes = design.changes[places]
    middle = float(changes.mean())
    # without an intercept of its own the ridge stays sparse; the mean is taken off instead
    ridge = Ridge(alpha=PENALTY[sees], fit_intercept=False, solver="sparse_cg", tol=1e-3)
    ridge.fit(design.rows(places, head, sees), changes - middle)
    return head.model_copy(
        update={
            "intercept": middle,
            "weights": tuple(float(f"{weight:.{DIGITS}g}") for weight in ridge.coef_),
        }
    )


def _standardisation(reply: np.ndarray) -> dict[str, tuple[float, ...]]:
    """Center and scale that give the reply features, together, the length REPLY_WEIGHT."""
    spread = reply.std(axis=0)
    varies = spread > 1e-9
    scale = np.where(varies, REPLY_WEIGHT / np.sqrt(len(spread)) / np.where(varies, spread, 1), 0)
    return {"center": tuple(map(float, reply.mean(axis=0))), "scale": tuple(map(float, scale))}
