"""New seekers at the frontier of difficulty of a bank: neither sure failures nor sure successes.

A model writes them like the seekers with whom the bank sometimes fails and sometimes succeeds; each
is then looked at for copies, played, and read by the persona judge. What fails is listed with why.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from esc_skills.metrics.judges.asking import run_judge
from esc_skills.metrics.judges.judgement import Case
from esc_skills.metrics.judges.persona import Persona
from esc_skills.metrics.seekers.drafts import copied_from
from esc_skills.programs.learning.profile_writer import ProfileWriter
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import FAILURE_UNDER, SUCCESS_AT
from esc_skills.signatures.rollouts import Rollout, Spend

from ..errors import UserError
from ..files.atomic_writes import require_writable, write_whole
from ..people.drafting import KEPT, difficulty
from ..setup.config import Experiment
from ..setup.roles_apart import warn_if_self_judged
from ..setup.session import open_session
from .progress import OnProgress, counting, silent

EXAMPLES = 3
"""Seekers that the writing model sees."""
ATTEMPTS = 4
"""Drafts for each seeker that is wanted, at most."""


class Proposal(Frozen):
    """One draft of a seeker, and what became of it."""

    name: str
    topic: str
    profile: Profile | None
    """None where nothing readable was written."""
    ends: tuple[int, ...] = ()
    """Final emotions of its dialogues with the bank."""
    refused: str = ""
    """Why it was not taken; empty if it was."""


class Proposals(Frozen):
    """All drafts, and how hard the present seekers are for the bank."""

    failing: int
    """Present seekers all of whose dialogues fail."""
    succeeding: int
    frontier: int
    """Present seekers in between, like whom the new ones are written."""
    drafts: tuple[Proposal, ...]
    spend: Spend

    @property
    def taken(self) -> tuple[Profile, ...]:
        """The new seekers."""
        return tuple(row.profile for row in self.drafts if row.profile and not row.refused)


def propose(
    experiment: Experiment,
    to: Path,
    *,
    count: int = 4,
    replicates: int = 4,
    on_progress: OnProgress = silent,
) -> Proposals:
    """Write new seekers with whom a bank sometimes fails and sometimes succeeds, into a file.

    Args:
        experiment: Bank, present seekers, models, budget, seed and threads.
        to: File for the new seekers, JSONL. A journal beside it (`.journal.jsonl`) keeps what was
            played, so that a restart does not pay again.
        count: How many are wanted.
        replicates: Dialogues with each seeker by which its difficulty is told; two at least.
        on_progress: Called with the number of drafts.

    Raises:
        UserError: A file or model is bad, or no dialogue with a present seeker could be played.
        BudgetExhausted: The budget ran out on the way.
    """
    require_writable(to)
    advance = counting(on_progress, "drafts", ATTEMPTS * count)
    with open_session(experiment) as session:
        warn_if_self_judged(experiment)
        found = propose_profiles(
            session.runner(to.with_suffix(".journal.jsonl")),
            session.agent,
            session.profiles,
            count=count,
            replicates=replicates,
            on_draft=advance,
        )
    write_whole(to, "".join(profile.model_dump_json() + "\n" for profile in found.taken))
    return found


def propose_profiles(
    runner: Runner,
    agent: SupportAgent,
    present: Sequence[Profile],
    *,
    count: int,
    replicates: int,
    on_draft: Callable[[], None] = lambda: None,
) -> Proposals:
    """Write new seekers until `count` are taken, or the attempts are used up.

    Args:
        runner: Plays and asks.
        agent: The supporter whose frontier is sought.
        present: The seekers there are.
        count: How many are wanted.
        replicates: Dialogues with each seeker by which its difficulty is told.
        on_draft: Called after each draft.

    Raises:
        UserError: No dialogue with a present seeker could be played.
        BudgetExhausted: The budget ran out on the way.
    """
    ends = _present_ends(runner, agent, present, replicates)
    examples = _frontier(present, ends)
    proposer = _Proposer(runner, agent, list(present), replicates)
    drafts: list[Proposal] = []
    for attempt in range(ATTEMPTS * count):
        shown = [examples[(attempt + step) % len(examples)] for step in range(EXAMPLES)]
        drafts.append(proposer.draft([p for p in shown if p.language == shown[0].language]))
        on_draft()
        if sum(not row.refused for row in drafts) == count:
            break
    kinds = [difficulty(found) for found in ends.values()]
    return Proposals(
        failing=kinds.count("all fail"),
        succeeding=kinds.count("all succeed"),
        frontier=kinds.count(""),
        drafts=tuple(drafts),
        spend=runner.ledger.spend,
    )


class _Proposer:
    """Writes and checks drafts; remembers whom it has taken."""

    def __init__(
        self, runner: Runner, agent: SupportAgent, known: list[Profile], replicates: int
    ) -> None:
        self._runner, self._agent = runner, agent
        self._known, self._replicates = known, replicates
        self._names = {profile.id for profile in known}
        self._write, self._judge = ProfileWriter(), Persona()

    def draft(self, examples: Sequence[Profile]) -> Proposal:
        """One draft, written, checked and, if it passes, kept."""
        name = self._free_name()
        try:
            profile: Profile = self._runner.consult(
                lambda: self._write(examples=examples, name=name).profile, "write", name
            )
        except DialogueError as error:
            return Proposal(name=name, topic="", profile=None, refused=str(error))
        if refused := copied_from(profile, self._known):
            return Proposal(name=name, topic=profile.topic, profile=profile, refused=refused)
        ends, refused = self._played(profile)
        if not refused:
            self._known.append(profile)
        return Proposal(name=name, topic=profile.topic, profile=profile, ends=ends, refused=refused)

    def _free_name(self) -> str:
        number = next(n for n in range(1, 1_000_000) if f"proposed-{n:02d}" not in self._names)
        name = f"proposed-{number:02d}"
        self._names.add(name)
        return name

    def _played(self, profile: Profile) -> tuple[tuple[int, ...], str]:
        """How the dialogues with a new seeker end, and why it is refused, if it is."""
        pairs = [(profile, replicate) for replicate in range(self._replicates)]
        valid = [row for row in self._runner.play(self._agent, pairs) if row.valid]
        if len(valid) < len(pairs):
            return _ends(valid), f"{len(pairs) - len(valid)} of {len(pairs)} dialogues are missing"
        ends = _ends(valid)
        if found := difficulty(ends):
            return ends, f"{found} ({', '.join(map(str, ends))})"
        cases = [Case(rollout=row, profile=profile) for row in valid]
        given = run_judge(self._runner, self._judge, cases).given
        if not given:
            return ends, "the persona judge gave no readable answer"
        kept = fmean(judgement.scores["kept"] for judgement in given)
        if kept < KEPT:
            return ends, f"its dialogues contradict {1 - kept:.0%} of what it is said to be"
        return ends, ""


def _present_ends(
    runner: Runner, agent: SupportAgent, present: Sequence[Profile], replicates: int
) -> dict[str, tuple[int, ...]]:
    pairs = [(profile, replicate) for profile in present for replicate in range(replicates)]
    found: dict[str, tuple[int, ...]] = {}
    for row in runner.play(agent, pairs):
        if row.valid:
            found[row.profile] = (*found.get(row.profile, ()), row.emotions[-1])
    if not found:
        raise UserError(
            "a dialogue with a present seeker must be played to its end, but none was. "
            "Check the model with: esc-skills doctor"
        )
    return found


def _frontier(present: Sequence[Profile], ends: Mapping[str, tuple[int, ...]]) -> list[Profile]:
    """The seekers on the frontier, those in its middle first; all played ones if none is."""
    played = [profile for profile in present if profile.id in ends]
    between = [profile for profile in played if not difficulty(ends[profile.id])]
    middle = (FAILURE_UNDER + SUCCESS_AT) / 2
    return sorted(between or played, key=lambda p: (abs(fmean(ends[p.id]) - middle), p.id))


def _ends(rollouts: Sequence[Rollout]) -> tuple[int, ...]:
    return tuple(row.emotions[-1] for row in rollouts)
