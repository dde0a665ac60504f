"""Tuning of the selection policy: Optuna proposes settings, turns of train dialogues rank them.

The ranking only screens; the best setting must pass the same challenge as any other edit.
"""

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from esc_skills.metrics.sage.outlook import Outlook
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Pair, Runner
from esc_skills.programs.simulation.dialogue import states_of
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.edits import EditError, SetPolicy, apply_edit
from esc_skills.signatures.skills import PolicyParameters

from .turn_trial import changed

if TYPE_CHECKING:
    import optuna

LOG = logging.getLogger(__name__)
STORAGE = "ESC_SKILLS_OPTUNA_STORAGE"
"""The environment variable that names a database of Optuna, e.g. `sqlite:///trials.db`, in which
the trials are kept for others to look at. An address may hold a password, so it is no setting."""
OFFERED_TOKENS = (750, 1500, 3000, 6000)
"""Budgets for the skills on offer that are tried."""


def best_policy(
    runner: Runner, incumbent: SupportAgent, pairs: Sequence[Pair], trials: int
) -> SetPolicy | None:
    """The setting with the largest gain at turns of train dialogues; None without a gain.

    Ask-and-tell with TPE (Bergstra et al., 2011), seeded; a setting that was asked for before is
    answered from memory.
    """
    import optuna  # heavy, and only needed here

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=derive_seed(runner.seed, "policy"))
    study = optuna.create_study(direction="maximize", sampler=sampler)
    bank = incumbent.bank.value
    rollouts = [rollout for rollout in runner.play(incumbent, pairs) if rollout.valid]
    profiles = {profile.id: profile for profile, _ in pairs}
    states = [
        state for rollout in rollouts for state in states_of(profiles[rollout.profile], rollout)
    ]
    outlook = Outlook(rollouts)
    best: tuple[float, SetPolicy] | None = None
    for _ in range(trials):
        trial = study.ask()
        edit = SetPolicy(parameters=_suggested(trial), reason="policy tuning")
        try:
            candidate = incumbent.with_bank(apply_edit(bank, edit))
        except EditError:
            study.tell(trial, 0.0)  # the incumbent's own setting: no gain, by definition
            continue
        changes = changed(runner, candidate, states, outlook)
        if len(changes) < len(states):
            break
        gain = sum(change or 0.0 for change in changes) / max(1, len(rollouts))
        study.tell(trial, gain)
        if gain > 0 and (best is None or gain > best[0]):
            best = (gain, edit)
    _keep(study, f"policy of {bank.identity}, seed {runner.seed}")
    return best and best[1]


def _keep(study: "optuna.Study", name: str) -> None:
    """Copy the trials to the database, if one is named; it decides nothing, and may fail.

    Every start of a run keeps a study of its own, so that nobody's is replaced.
    """
    storage = os.environ.get(STORAGE)
    if not storage:
        return
    import optuna

    try:
        kept = optuna.create_study(
            storage=storage, study_name=f"{name}, {uuid4().hex[:8]}", direction="maximize"
        )
        kept.add_trials(study.get_trials())
    except Exception as error:  # noqa: BLE001 - drivers of databases raise whatever they like
        kind = type(error).__name__
        LOG.warning("the trials of the policy's tuning were not kept in %s (%s)", STORAGE, kind)


def _suggested(trial: "optuna.Trial") -> PolicyParameters:
    return PolicyParameters(
        offered_tokens=trial.suggest_categorical("offered_tokens", OFFERED_TOKENS),
        context_turns=trial.suggest_int("context_turns", 1, 4),
        warm_up=trial.suggest_int("warm_up", 0, 2),
    )
