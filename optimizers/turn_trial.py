"""The turn-level challenge: the candidate replies at turns of the incumbent's dialogues.

At a turn of a logged dialogue the candidate answers the same message as the incumbent, and the same
appraiser rates both replies without knowing which bank wrote them. Where the two banks send the
same prompts, the answers are identical and cost nothing; elsewhere a reply costs at most three
calls instead of the twenty-five of a dialogue. The sum of the
changes over a dialogue is, to first order, the gain of the whole dialogue (the performance
difference lemma: Kakade and Langford, "Approximately optimal approximate reinforcement learning",
ICML 2002, lemma 6.1), without the noise of everything that happens after the change.

A better reply does not guarantee a better dialogue: turns only choose what whole dialogues test.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.dialogue import State
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.rollouts import Exchange
from esc_skills.signatures.skills import Bank

from .bundles import applied_together
from .candidates import Candidate
from .incumbent import Incumbent

SEEKERS = 16
"""Seekers at most at whose moments a candidate is looked for."""


class TurnTrial:
    """Compatible edits, tested together at turns of the incumbent's dialogues.

    The bank with all of them answers, and each reply tells of the edit whose skill it uses. Where
    the skills that the two banks used point at different edits, the bank without each of them
    answers as well, and an edit is credited with what is lost without it alone. Only replies count
    in which a changed skill is used. First a few moments with every seeker (or with a
    sample of them) show with whom an edit acts at all; from then on only those seekers are asked
    for, since elsewhere it makes no difference. The evidence counts reply by reply: at a given
    moment two replies of banks that do not differ in effect are exchangeable, so that what is seen
    is symmetric about 0. (It is not for sums over a dialogue, whose length depends on the
    incumbent's luck.)

    Args:
        runner: Puts the questions to the models.
        incumbent: Whose dialogues they are.
        candidates: Edits of different skills (`applied_together`); one is enough.
        draw: Number of the sample of seekers; another one for every trial.
    """

    def __init__(
        self,
        runner: Runner,
        incumbent: Incumbent,
        candidates: Sequence[Candidate],
        draw: int = 0,
    ) -> None:
        self.candidates = list(candidates)
        """The edits in the bank that answers; one that fails is taken out."""
        self.moments = 0
        """Moments looked at."""
        self.ended = False
        """Whether there was no further answer: no dialogue was left, or the budget ended."""
        self._runner = runner
        self.incumbent = incumbent
        self._seekers = _seekers(incumbent, derive_seed(runner.seed, "seekers", draw))
        self._bank: Bank | None = None  # with all of them; None where it is to be made anew

    def read(self, rounds: int, sought: Sequence[Candidate] = ()) -> None:
        """Answer at this many turns with each requested seeker.

        Args:
            rounds: The number of moments.
            sought: The edits that one wants to know more of; all by default.
        """
        sought = sought or self.candidates
        batch, incumbent = self._moments(rounds, sought), self.incumbent.agent
        bank = self._bank or applied_together(incumbent.bank.value, self.candidates)[-1][1]
        answers = self._runner.answer(incumbent.with_bank(bank), batch, _all_of(sought))
        self.ended = len(answers) < len(batch) or not batch
        self.moments += len(answers)
        authors = [self._authors(s, a) for s, a in zip(batch, answers, strict=False)]
        without = self._without(authors, batch)
        for place, (state, answer) in enumerate(zip(batch, answers, strict=False)):
            self._see(state, answer, authors[place], without[place])
        left = [c for c in self.candidates if c.status != "fail"]
        self._bank = bank if len(left) == len(self.candidates) else None
        self.candidates = left

    def _moments(self, rounds: int, sought: Sequence[Candidate]) -> list[State]:
        """The next moments with each seeker that some edit is to be looked for with."""
        those: defaultdict[str, list[Candidate]] = defaultdict(list)
        for candidate in sought:
            for name in candidate.wanted_with(self._seekers):
                those[name].append(candidate)
        known = {name: len(self.incumbent.known(name)) for name in those}
        unseen = {name: len(self._unseen(name, those[name])) for name in those}
        self.incumbent.play_for({n: known[n] + rounds - unseen[n] for n in those})
        return [s for name in sorted(those) for s in self._unseen(name, those[name])[:rounds]]

    def _unseen(self, seeker: str, candidates: Sequence[Candidate]) -> list[State]:
        known = self.incumbent.known(seeker)
        return [state for state in known if not all(c.has_seen(state) for c in candidates)]

    def _see(
        self,
        state: State,
        answer: Exchange | None,
        authors: Sequence[Candidate],
        without: Mapping[Candidate, Exchange | None],
    ) -> None:
        """Record one turn for every edit that lacks it."""
        for candidate in self.candidates:
            if candidate.has_seen(state):
                continue
            other = without.get(candidate, state.played)
            change = change_at(answer, other) if candidate in authors else None
            candidate.see(state, change)

    def _without(
        self, authors: Sequence[Sequence[Candidate]], batch: Sequence[State]
    ) -> list[dict[Candidate, Exchange | None]]:
        """Answers of the banks without each author, where a reply has several."""
        found: list[dict[Candidate, Exchange | None]] = [{} for _ in authors]
        parent = self.incumbent.agent
        for left_out in self.candidates:
            places = [i for i, those in enumerate(authors) if len(those) > 1 and left_out in those]
            others = [c for c in self.candidates if c is not left_out]
            steps = applied_together(parent.bank.value, others)
            if not places or not steps:
                continue
            agent = parent.with_bank(steps[-1][1])
            answers = self._runner.answer(agent, [batch[i] for i in places])
            self.ended |= len(answers) < len(places)
            for place, answer in zip(places, [*answers, *[None] * len(places)], strict=False):
                found[place][left_out] = answer
        return found

    def _authors(self, state: State, now: Exchange | None) -> list[Candidate]:
        """Whose doing the new reply may be: the edits of the skill used now or before.

        A supporter that falls silent does not say which skill silenced it: that counts against all.
        """
        if now is None or now.reply == state.played.reply:
            return []
        if not now.reply:
            return list(self.candidates)
        used = {now.skill, state.played.skill}
        return [c for c in self.candidates if any(map(c.concerns, used))]


def _all_of(candidates: Sequence[Candidate]) -> frozenset[str] | None:
    """The skills that these edits change; None if any reply may change."""
    found: frozenset[str] = frozenset()
    for candidate in candidates:
        if candidate.about is None:
            return None
        found |= candidate.about
    return found


def change_at(answer: Exchange | None, other: Exchange | None) -> float | None:
    """How much better one reply at a turn is received than another, in points of emotion.

    None where either is missing, or both are the same.
    """
    if answer is None or other is None or answer.reply == other.reply:
        return None
    assert answer.emotion is not None
    assert other.emotion is not None
    return float(answer.emotion - other.emotion)


def changed(
    runner: Runner,
    candidate: SupportAgent,
    states: Sequence[State],
) -> list[float | None]:
    """Effect of the candidate's reply at each turn (`change_at`).

    Args:
        runner: Puts the questions to the models.
        candidate: Who answers.
        states: Moments of dialogues of the incumbent.

    Returns:
        One value for each state, None where the reply is the same or missing (an infrastructure
        failure); fewer than states only where the budget ends.
    """
    answers = runner.answer(candidate, states)
    return [change_at(a, s.played) for s, a in zip(states, answers, strict=False)]


def _seekers(incumbent: Incumbent, seed: int) -> list[str]:
    names = [profile.id for profile in incumbent.profiles]
    return random.Random(seed).sample(names, min(SEEKERS, len(names)))
