"""One seeker for one cell of a grid: written, read, played and judged; refused with a reason."""

from collections.abc import Sequence
from functools import partial
from statistics import fmean
from typing import NamedTuple

from esc_skills.metrics.judges.asking import run_judge
from esc_skills.metrics.judges.judgement import Case
from esc_skills.metrics.judges.persona import Persona, sentences_of
from esc_skills.metrics.seekers.drafts import DraftCheck, copied_from, told_intention
from esc_skills.programs.learning.person_writer import PersonWriter
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.listener import SilentListener
from esc_skills.programs.simulation.probes import Probe
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.people import stance_text
from esc_skills.signatures.person_writing import PersonBrief, PersonDraft
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import FAILURE_UNDER, SUCCESS_AT
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Skill
from esc_skills.signatures.words import language_of

from .grid import Cell
from .set_file import PeopleSet

ATTEMPTS = 4
"""Drafts for each cell, at most."""
KEPT = 0.9
"""Share of a seeker's statements that its dialogues must not contradict, on average."""
OTHERS_SHOWN = 8
"""People of the set, the last ones, that the writer is to be unlike."""
FACTS_CHECKED = 12
"""Sentences of a card that a draft is held against."""


class Outcome(Frozen):
    """What became of one cell."""

    cell: Cell
    profile: Profile | None
    """None where the cell stays empty."""
    ends: tuple[int, ...] = ()
    """Final emotions of its dialogues with the bank."""
    refused: tuple[str, ...] = ()
    """Why each refused draft was refused, in order."""

    hard: bool = False
    """Whether the bank, which has skills, failed in every dialogue."""


class Setup(NamedTuple):
    """What all cells are drafted with."""

    runner: Runner
    agent: SupportAgent
    wanted: PeopleSet
    replicates: int
    tricks: Runner
    """Plays without the guard, for supporters that are no help."""
    skill: Skill | None = None
    """The skill that the people are to give occasion for."""


def difficulty(ends: Sequence[int]) -> str:
    """`all fail`, `all succeed`, or nothing where a seeker lies on the frontier."""
    if all(end < FAILURE_UNDER for end in ends):
        return "all fail"
    return "all succeed" if all(end >= SUCCESS_AT for end in ends) else ""


class Drafter:
    """Fills cells one after the other; remembers whom it has taken.

    Args:
        setup: Models, supporter and set.
        known: Seekers that nobody may be like.
    """

    def __init__(self, setup: Setup, known: Sequence[Profile]) -> None:
        self._setup = setup
        self._known = list(known)
        self._taken: list[Profile] = []
        self._write, self._check, self._judge = PersonWriter(), DraftCheck(), Persona()

    def fill(self, cell: Cell, before: Outcome | None = None) -> Outcome:
        """Draft until a seeker passes or the attempts are used up.

        Args:
            cell: Who is wanted.
            before: The session before with the same person.
        """
        reasons: list[str] = []
        ends: tuple[int, ...] = ()
        if before is not None and before.profile is None:
            return Outcome(cell=cell, profile=None, refused=("the session before is missing",))
        earlier = before.profile if before else None
        for attempt in range(ATTEMPTS):
            profile, refused = self._drafted(cell, earlier, reasons[-1] if reasons else "", attempt)
            if profile is not None and not refused:
                ends, refused = self._played(profile)
            if profile is not None and not refused:
                self._taken.append(profile)
                hard = bool(self._setup.agent.bank.value.skills) and difficulty(ends) == "all fail"
                told = tuple(reasons)
                return Outcome(cell=cell, profile=profile, ends=ends, refused=told, hard=hard)
            reasons.append(refused)
        return Outcome(cell=cell, profile=None, ends=ends, refused=tuple(reasons))

    def _drafted(
        self, cell: Cell, earlier: Profile | None, fault: str, attempt: int
    ) -> tuple[Profile | None, str]:
        """A draft as a profile, and why it is refused, if it is."""
        brief = self._brief(cell, earlier)
        card = cell.card.facts if cell.card else earlier.persona if earlier else ""
        others = [_line(profile) for profile in self._taken[-OTHERS_SHOWN:]]
        ask = partial(self._write, brief, cell.language, card, others, fault)
        try:
            written = self._setup.runner.consult(lambda: ask().draft, "write", cell.id, attempt)
            draft = _given(written, cell, earlier)
            demands = _demands(cell, self._setup.wanted)
            found = self._setup.runner.consult(
                lambda: self._check(demands, draft).against, "check", cell.id, attempt
            )
        except DialogueError as error:
            return None, str(error)
        profile = _profile(draft, cell, earlier)
        return profile, self._fault(profile, cell, earlier) or _contradiction(found)

    def _fault(self, profile: Profile, cell: Cell, earlier: Profile | None) -> str:
        """What is wrong with a draft by counts that anyone can make."""
        text = f"{profile.persona} {profile.scene} {profile.opening}"
        if language_of(text) != cell.language:
            return f"it is not written in the language {cell.language!r}"
        told = told_intention(profile.opening, profile.hidden_intention, cell.language)
        if told and not (cell.card and "opening" in cell.card.given):
            return f"its opening gives the hidden intention away ({told!r})"
        others = [p for p in (*self._known, *self._taken) if not _same_person(p, earlier)]
        return copied_from(profile, others)

    def _played(self, profile: Profile) -> tuple[tuple[int, ...], str]:
        """How the dialogues with a new seeker end, and why it is refused, if it is."""
        setup = self._setup
        pairs = [(profile, replicate) for replicate in range(setup.replicates)]
        valid = [row for row in setup.runner.play(setup.agent, pairs) if row.valid]
        ends = tuple(row.emotions[-1] for row in valid)
        if len(valid) < len(pairs):
            return ends, f"{len(pairs) - len(valid)} of {len(pairs)} dialogues are missing"
        if setup.wanted.difficulty == "frontier" and (found := difficulty(ends)):
            return ends, f"{found} ({', '.join(map(str, ends))})"
        if setup.skill and not _used(setup.skill, valid):
            return ends, f"the skill {setup.skill.name} is never chosen in its dialogues"
        return ends, self._melting(profile) or self._contradicted(profile, valid)

    def _melting(self, profile: Profile) -> str:
        """Why a hostile seeker is none: its mood rises without cause."""
        if profile.stance != "hostile":
            return ""
        tricks = {"silence": SilentListener(), "flattery": Probe("flattery")}
        for name, agent in tricks.items():
            for row in self._setup.tricks.play(agent, [(profile, 0)]):
                if row.valid and max(row.emotions) > row.start:
                    return f"it melts: {name} lifts its mood to {max(row.emotions)}"
        return ""

    def _contradicted(self, profile: Profile, played: Sequence[Rollout]) -> str:
        """Why the persona judge refuses the dialogues, if it does."""
        cases = [Case(rollout=row, profile=profile) for row in played]
        given = run_judge(self._setup.runner, self._judge, cases).given
        if not given:
            return "the persona judge gave no readable answer"
        kept = fmean(judgement.scores["kept"] for judgement in given)
        if kept < KEPT:
            return f"its dialogues contradict {1 - kept:.0%} of what it is said to be"
        return ""

    def _brief(self, cell: Cell, earlier: Profile | None) -> PersonBrief:
        setup = self._setup
        return PersonBrief(
            who=setup.wanted.who,
            hidden_intention=cell.hidden_intention,
            character=cell.character,
            topic=cell.topic,
            traits=cell.traits.text if cell.traits else "",
            stance=stance_text(cell.stance) if cell.stance else "",
            told_by=_TOLD_BY[setup.wanted.persona],
            occasion=setup.skill.when_to_use if setup.skill else "",
            earlier=f"{earlier.scene} It began: {earlier.opening}" if earlier else "",
        )


_TOLD_BY = {
    "demographic": "their place in life: age, origin, work, people around them",
    "character": "their temperament and manner of speaking",
    "individualized": "how the person of the card talks and what occupies them",
}


def _demands(cell: Cell, wanted: PeopleSet) -> list[str]:
    """What a draft is held against: the cell, and what the card says."""
    facts = sentences_of(cell.card.facts)[:FACTS_CHECKED] if cell.card else []
    asked = (
        ("They are one of: {}.", wanted.who),
        ("Their character is {}.", cell.character),
        ("The matter is {}.", cell.topic),
        ("{}", cell.traits.text if cell.traits else ""),
        ("{}", stance_text(cell.stance) if cell.stance else ""),
        ("The scene agrees with what they want: {}", cell.hidden_intention),
    )
    told = [form.format(value) for form, value in asked if value]
    return [*told, "Persona, scene and opening are true to life and agree.", *facts]


def _given(draft: PersonDraft, cell: Cell, earlier: Profile | None) -> PersonDraft:
    """The draft with the parts that are not the writer's to choose."""
    asked = {"hidden_intention": cell.hidden_intention, "character": cell.character}
    kept = {name: value for name, value in asked.items() if value}
    if earlier is not None:
        kept |= {"persona": earlier.persona, "character": earlier.character}
    elif cell.card:
        kept |= cell.card.given
    return draft.model_copy(update=kept)


def _profile(draft: PersonDraft, cell: Cell, earlier: Profile | None) -> Profile:
    told = draft.model_dump()
    if earlier is not None:
        told["scene"] = f"{draft.scene}\nIn the session before: {earlier.scene}"
    return Profile(
        id=cell.id,
        **told,
        language=cell.language,
        stance=cell.stance,
        traits=cell.traits or (),
        events=cell.events,
        behaviour=cell.card.behaviour if cell.card else None,
        group=cell.need if len(cell.need.split()) == 1 else "",
    )


def _contradiction(against: Sequence[tuple[str, str]]) -> str:
    if not against:
        return ""
    demand, quote = against[0]
    return f"it contradicts {demand!r} ({quote!r})"


def _same_person(profile: Profile, earlier: Profile | None) -> bool:
    return earlier is not None and profile.persona == earlier.persona


def _line(profile: Profile) -> str:
    """A person in a line: the matter and the first sentence of the persona."""
    return f"{profile.topic}: {sentences_of(profile.persona)[0][:120]}"


def _used(skill: Skill, rollouts: Sequence[Rollout]) -> bool:
    return any(said.skill == skill.name for row in rollouts for said in row.exchanges)
