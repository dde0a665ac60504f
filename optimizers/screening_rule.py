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
    """Replies within which an edit must be on the way to pass."""
    pace_moments: int = Field(default=96, ge=1)
    """Moments of a trial after which further dialogues are played for promising edits only. It does
    not grow where nothing is found: it used to double with every fruitless generation, until one
    rare edit could use up half of a budget."""
    promising_e_value: float = Field(default=2.0, ge=0)
    """Evidence of an edit from which further dialogues are played for it."""
    rounds_after_pass: int = Field(default=3, ge=0)
    """Moments with each seeker that are still read when some have passed: whole dialogues that
    confirm three edits cost what they cost for one."""
    awaited_e_value: float = Field(default=1.5, ge=0)
    """Evidence from which an edit is worth those."""
    least_replies: int = Field(default=4, ge=1)
    """Replies from which an edit may be left behind, or may join others."""
    joining_e_value: float = Field(default=2.0, ge=0)
    """Evidence of its own above which an edit joins others when all together have passed."""
    pace_start_replies: int = Field(default=8, ge=0)
    """Replies after which evidence under `losing_e_value` leaves an edit behind. From there it must
    have grown as if to pass within `pace_replies` more."""
    losing_e_value: float = Field(default=0.7, gt=0)
    replies_when_reopened: int = Field(default=64, ge=1)
    """Further replies of an edit that was dropped as too slow, once nothing else is left to try."""
    most_undecided: int = Field(default=8, ge=0)
    """Undecided edits that are kept for the next generation."""
    most_idle: int = Field(default=16, ge=1)
    """Edits that changed nothing and are kept for the next incumbent, under which they may."""

    def on_pace(self, e_value: float, replies: int, within: int, needed: float) -> bool:
        """Whether evidence grows fast enough.

        Args:
            e_value: The evidence.
            replies: Replies that it stands on.
            within: Replies within which it must be on the way to pass.
            needed: Evidence that passes.
        """
        grown = (replies - self.pace_start_replies) / within
        return e_value >= self.losing_e_value * needed**grown
