"""Settings of the search. Everything else is derived."""

from typing import Literal

from pydantic import Field

from esc_skills.metrics.evidence.statistics import ChallengeRule
from esc_skills.metrics.judges.panel import supporter_judge
from esc_skills.signatures.frozen import Frozen

Ingredient = Literal[
    "together", "pooling", "pace", "outlook", "prior", "credit", "rejected edits", "first bank"
]
"""What the search can do without: trying edits of different skills together; the common test of all
edits of a generation; leaving behind what is not on the way (all `screening.py`); the worth of a
point at each turn (`metrics/outlook.py`); what turns have shown as the prior of the confirmation;
the credit of skills (`metrics/credit.py`); the editor's memory of rejections; the race of the first
bank and none (`first_bank.py`)."""


class EvolutionSettings(Frozen):
    """Settings of a search."""

    generations: int = Field(default=8, ge=1)
    """Rounds of analysis, proposal and challenge at most, where no budget ends the search; the
    number of edits proposed falls over so many."""
    patience: int = Field(default=3, ge=1)
    """Generations without an accepted edit after which the search stops; with a budget, after which
    it tunes the selection policy once and continues."""
    target: float | None = Field(default=None, gt=0, le=1)
    """Validation score at which the search stops."""
    train_rollouts: int = Field(default=6, ge=1)
    """Dialogues with train seekers that each generation learns from."""
    edits_first: int = Field(default=12, ge=1, le=20)
    """Edits that the first generation may propose; the budget falls to `edits_last` by cosine."""
    edits_last: int = Field(default=8, ge=1, le=20)
    rule: ChallengeRule = ChallengeRule(error_rate=0.2)
    """When a candidate replaces the incumbent. At most one null edit in five passes its turns; at
    one in twenty, searches with 4,000 calls gain half as much, since most edits that help at all
    help few seekers, and proof of each uses up the budget (docs/search.md)."""
    false_discovery_rate: float | None = Field(default=None, gt=0, lt=1)
    """Largest expected share of edits without effect among all that a run accepts
    (`discoveries.py`); fewer true ones are found. None bounds the error of each edit only."""
    group_tolerance: float | None = Field(default=0.02, ge=0, le=1)
    """Loss, in score, that a group of seekers may bear: a bank under which one is shown to lose
    more is refused, however much the others gain. None asks for no such thing."""
    look_every: int = Field(default=6, ge=1)
    """Dialogues, or pairs of them, between two looks at the evidence."""
    policy_trials: int = Field(default=8, ge=0)
    """Settings of the selection policy that are tried after the text search; 0 for none."""
    policy_pairs: int = Field(default=12, ge=2)
    """Train dialogues in which each of those settings is ranked."""
    without: tuple[Ingredient, ...] = ()
    """What is switched off, to show what it is worth (`esc-skills bench optimizers --ablate`)."""
    second_judge: str | None = None
    """A judge besides the SAGE score. A bank must then gain by the lower of both: over the
    dialogues that confirm it by score, a gain by this judge must not be unlikely either. None
    leaves that to `watch`, which mostly reads two pairs of them."""
    watch: str | None = "checklist"
    """The judge that sees whether SAGE is alone in what it says: in dialogues of the sealed test,
    and in two pairs of those that confirm a bank, or in all where it sees a loss in the two. None
    saves its calls."""
    test_replicates: int | None = Field(default=None, ge=1)
    """Dialogues with each test seeker, for each bank that is tested. None lets the test take a
    quarter of the budget and what the search leaves, by two to eight dialogues each, or one where
    two do not fit (four where no budget counts calls or dialogues)."""
    test_no_bank: bool = True
    """Whether the sealed test also plays the agent without any skill, where it started with some:
    a third of the test's dialogues, to tell a gain over no bank from the repair of a bad one."""


def check_judges(settings: EvolutionSettings) -> None:
    """Make sure, before anything is spent, that the search can ask the judges of its settings.

    Raises:
        PluginError: A judge does not exist, cannot be used, or needs more than the dialogue.
    """
    for name in (settings.second_judge, settings.watch):
        if name is not None:
            supporter_judge(name)
