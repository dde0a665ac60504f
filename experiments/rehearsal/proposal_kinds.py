"""What a proposal of a scripted editor is good for, drawn by the shares that a world gives."""

import random
from typing import Protocol


class Shares(Protocol):
    """Shares of proposals, 0..1; what they leave is useful."""

    @property
    def unsafe(self) -> float:
        """Share that breaks a rule of safety."""
        ...

    @property
    def harmful(self) -> float:
        """Share that makes replies worse."""
        ...

    @property
    def useless(self) -> float:
        """Share that changes words only."""
        ...


def kind_of_proposal(rng: random.Random, shares: Shares) -> str:
    """`unsafe`, `harmful`, `useless` or `useful`."""
    draw = rng.random()
    for kind in ("unsafe", "harmful", "useless"):
        draw -= getattr(shares, kind)
        if draw < 0:
            return kind
    return "useful"
