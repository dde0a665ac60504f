"""The parameters of the rehearsal world, set from SAGE's published transcripts.

`esc-skills bench worlds default` compares its dialogues with them.
"""

from pydantic import Field

from esc_skills.signatures.frozen import Frozen


class WorldParameters(Frozen):
    """How noisy the rehearsal is, how strong its effects are, how good its proposals.

    Emotion follows an ordered logistic model with four steps (-10, -5, +5, +10), as nearly all
    published changes do: strength = `fit_weight` * fit + `level_slope` * (emotion - `level_centre`)
    + a personal constant. The level term makes the inertia that SAGE shows.
    """

    honours_seeds: bool = True
    """Whether equal seeds give equal answers to equal prompts; if not, every call draws anew, by
    its number, so that a run on one thread can still be repeated."""
    couples_prompts: bool = False
    """Whether equal seeds give equal noise to different prompts too. No language model does: its
    answers part with the first word in which the prompts differ. The ideal of common random
    numbers, to see what it would be worth."""
    fit_weight: float = Field(default=1.0, ge=0)
    """Effect of how well a reply fits (about -3..2) on the log-odds of a rise."""
    level_slope: float = 0.085
    """Effect of each point of emotion before the reply: glad people take things well."""
    level_centre: float = 42.0
    """Emotion at which a neutral reply is as likely to please as to disappoint."""
    step_threshold: float = Field(default=2.9, gt=0)
    """Strength, in either direction, from which a step is of ten."""
    person_spread: float = Field(default=0.55, ge=0)
    """Standard deviation of the personal constant: some people are hard to please."""
    quirk: float = Field(default=0.4, ge=0)
    """How much a person's taste for single moves differs from the usual, at most."""
    flattery: float = Field(default=0.0, ge=0)
    """How much praise and easy comfort please the judge besides; above 0 the world deceives."""
    reliability: float = Field(default=0.85, ge=0, le=1)
    """Chance that the supporter carries out a move that its skill asks for."""
    instruction_reliability: float = Field(default=0.35, ge=0, le=1)
    """The same for a move that only the task instructions ask for."""
    clear_moves: int = Field(default=3, ge=1)
    """Guidance that names more moves is confusing and changes nothing."""
    cue_rate: float = Field(default=0.6, ge=0, le=1)
    """Chance that a seeker's line hints at the hidden need."""
    selection_noise: float = Field(default=0.3, ge=0)
    """Noise of the selecting model's judgement of a skill (a good match counts about 1.5)."""
    selection_bar: float = 0.6
    """Judgement below which no skill is chosen."""
    realism: float = Field(default=0.0, ge=0, le=1)
    """How far the models have the habits of real ones (`habits`): 0.5 gives 30% of the answers an
    odd form, 1 twice as many."""
    useless: float = Field(default=0.25, ge=0, le=1)
    """Share of proposed edits that only reword."""
    harmful: float = Field(default=0.17, ge=0, le=1)
    """Share that ask for the wrong thing, or at the wrong time."""
    unsafe: float = Field(default=0.03, ge=0, le=1)
    """Share that no one should ever follow."""
