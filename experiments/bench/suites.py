"""Suites of worlds: one half to tune an optimizer on, the other one to report.

The halves have the same kinds of worlds with other dials, needs and seekers. Whoever changes an
optimizer looks at the first only; a figure that is published comes from the second.
"""

from typing import Literal

from .worlds import FAMILIES

Suite = Literal["development", "reporting"]

SUITES: dict[Suite, tuple[str, ...]] = {
    "development": ("default", "bad-advice", "deceptive", *FAMILIES),
    "reporting": (
        "noisy",
        "few-needs",
        "deceptive-reported",
        *(f"{name}-reported" for name in FAMILIES),
    ),
}
"""The worlds of each half."""
