"""The audit of a set of seekers by dialogues that were played: one audit for each simulator."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from esc_skills.metrics.seekers.profile_sets import SetAudit, audit_set
from esc_skills.programs.simulation.listener import SilentListener
from esc_skills.programs.simulation.probes import Probe
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.skills import Bank
from esc_skills.signatures.transcripts import Transcript

from ..errors import UserError
from ..files.banks import read_bank
from ..files.profiles import SAMPLE_DRAFTS
from ..files.transcripts import read_transcripts
from ..setup.config import Experiment
from ..setup.session import open_session
from .progress import OnProgress, counting, silent


def audit_profiles(
    transcripts: Sequence[Path],
    *,
    simulator: str | None = None,
    profiles: Sequence[Path] = (),
    seed: int = 0,
) -> dict[str, SetAudit]:
    """How well a set of seekers tells supporters apart, by simulator.

    Args:
        transcripts: Transcript files, run directories, or directories that hold some; of several
            supporters with the same seekers.
        simulator: Simulator of files whose name does not say it.
        profiles: Files of the seekers.
        seed: Seed of the resampling.

    Raises:
        UserError: A file is bad, or there are not two supporters that share two profiles.
    """
    read = read_transcripts(transcripts, simulator=simulator, profiles=profiles)
    return audit_sets(read, seed)


def audit_played(
    experiment: Experiment, replicates: int = 2, *, on_progress: OnProgress = silent
) -> dict[str, SetAudit]:
    """The audit of an experiment's seekers by dialogues with reference supporters.

    They go from no help to a bank: a silent listener, a flatterer, one who always agrees, a plain
    supporter, one with the sample drafts; and with the experiment's bank, if it names one, and
    with each half of it.

    Args:
        experiment: Seekers, bank, models, budget, seed and threads.
        replicates: Dialogues of each supporter with each seeker.
        on_progress: Called with the number of dialogues.

    Raises:
        UserError: A file or model is bad, or two supporters did not finish two dialogues.
    """
    with open_session(experiment) as session:
        agents = _references(session.bank)
        pairs = [(p, replicate) for p in session.profiles for replicate in range(replicates)]
        advance = counting(on_progress, "dialogues", len(pairs) * len(agents))
        runner = session.runner(on_rollout=advance, guarded=False)
        played = [
            Transcript(
                simulator=experiment.simulator, supporter=name, profile=pair[0], rollout=rollout
            )
            for name, agent in agents.items()
            for pair, rollout in zip(pairs, runner.play(agent, pairs), strict=False)
        ]
    return audit_sets(played, experiment.seed)


def _references(bank: Bank) -> dict[str, SupportAgent]:
    agents: dict[str, SupportAgent] = {
        "silent listener": SilentListener(),
        "flattery": Probe("flattery"),
        "always agree": Probe("always agree"),
        "plain supporter": SupportAgent(),
        "sample drafts": SupportAgent(read_bank(SAMPLE_DRAFTS)),
    }
    if bank.skills:
        agents["bank"] = SupportAgent(bank)
    if len(bank.skills) > 1:
        for name, part in (("even", bank.skills[::2]), ("odd", bank.skills[1::2])):
            half = bank.model_copy(update={"skills": part})
            agents[f"{name} half of the bank"] = SupportAgent(half)
    return agents


def audit_sets(transcripts: Iterable[Transcript], seed: int = 0) -> dict[str, SetAudit]:
    """The audits by simulator, whose levels are never put together.

    Raises:
        UserError: There are not two supporters that share two profiles.
    """
    finals: defaultdict[str, defaultdict[str, defaultdict[str, list[float]]]]
    finals = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for row in transcripts:
        if row.rollout.counted_score is not None:
            found = finals[row.simulator][row.supporter][row.rollout.profile]
            found.append(100 * row.rollout.counted_score)
    if not finals:
        raise UserError("an audit needs whole valid dialogues, but there is none.")
    return {name: _audit(name, finals[name], seed) for name in sorted(finals)}


def _audit(simulator: str, finals: Mapping[str, Mapping[str, list[float]]], seed: int) -> SetAudit:
    cells = {
        name: {profile: float(np.mean(values)) for profile, values in row.items()}
        for name, row in finals.items()
    }
    try:
        return audit_set(cells, seed)
    except ValueError as error:
        raise UserError(
            f"simulator {simulator}: {error}. Give dialogues of more supporters (files, or a run "
            "whose search accepted an edit) with the same seekers."
        ) from error
