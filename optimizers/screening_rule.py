"""Settings of the screening at single turns. They decide which turns are read, not the test itself.

Dropping an edit can only cost power, since its test is valid under any stopping rule.
"""

from pydantic import Field

from esc_skills.signatures.frozen import Frozen


class ScreeningRule(Frozen):
    """When an edit gets more turns, is dropped, joins others, or is kept for later.

    A moment is one reply of the incumbent's dialogues at which a candidate answers, too; a reply
    counts for an edit where the candidate's differs. E-values are evidence against 'no gain', 1 at
    the start.
    """

    most_trials: int = Field(default=3, ge=1)
    """Trials in a generation; where more edits of one skill were proposed than that, the others
    wait for the next incumbent."""
    first_rounds: int = Field(default=2, ge=1)
    """Moments with each seeker to begin with."""
    pace_replies: int = Field(default=32, ge=1)
    """Replies within which an edit must be on the way to pass; twice as many after every fruitless
    generation."""
    pace_moments: int = Field(default=96, ge=1)
    """Moments of a trial after which further dialogues are played for promising edits only; as
    often doubled."""
    promising_e_value: float = Field(default=3.0, ge=0)
    """Evidence of an edit from which further dialogues are played for it."""
    pace_start_replies: int = Field(default=8, ge=0)
    """Replies after which the evidence must speak for an edit, and grow from there as if to pass
    within `pace_replies` more; what does not is left behind."""
    hopeful_e_value: float = Field(default=2.0, ge=0)
    """Evidence from which edits that turns do not prove may go to whole dialogues together."""
    hopeful_gain: float = Field(default=8.0, ge=0)
    """Points a dialogue that such edits must promise together: less would take whole dialogues too
    long to prove."""
    most_undecided: int = Field(default=8, ge=0)
    """Undecided edits that are kept for the next generation."""
    most_idle: int = Field(default=16, ge=1)
    """Edits that changed nothing and are kept for the next incumbent, under which they may."""
