"""One small piece of every role's work, to see how a model's answers can be read."""

from collections.abc import Callable
from contextlib import suppress

from esc_skills.programs.learning.editor import BankEditor
from esc_skills.programs.learning.safety_reviewer import SafetyReviewer
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.readings import StageReadings
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import RemoveSkill

from ..files.banks import read_bank
from ..files.profiles import SAMPLE_DRAFTS, sample_profiles

TURNS = 2
"""Seeker turns: the supporter replies once, and the seeker appraises and goes on."""


def play_stages(models: Models) -> tuple[StageReadings, ...]:
    """Ask each role's stages once with packaged inputs; at most nine calls but for repeats.

    Returns:
        How the answers could be read; an answer that could not be is a row, not an error.
    """
    bank = read_bank(SAMPLE_DRAFTS)
    edit = RemoveSkill(name=bank.names[0], reason="It was received badly.")
    runner = Runner(models, threads=1)
    work: list[Callable[[], object]] = [
        lambda: runner.play(SupportAgent(bank), [(sample_profiles()[0], 0)], turns=TURNS),
        lambda: runner.consult(lambda: BankEditor()(bank, limit=2), "trial"),
        lambda: runner.consult(lambda: SafetyReviewer()(edit), "trial"),
    ]
    try:
        for ask in work:
            with suppress(DialogueError):
                ask()
    finally:
        runner.close()
    return models.readings.rows
