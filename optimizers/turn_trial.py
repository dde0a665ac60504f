"""The turn-level challenge: the candidate replies at turns of the incumbent's dialogues.

At a turn of a logged dialogue the candidate answers the same message as the incumbent, and the same
appraiser rates both replies without knowing which bank wrote them. Where the two banks send the
same prompts, the answers are identical and cost nothing; elsewhere a reply costs at most three
calls instead of the twenty-five of a dialogue. The sum over a dialogue of what each change of
emotion is worth at the end is, to first order, the gain of the whole dialogue (the performance
difference lemma: Kakade and Langford, "Approximately optimal approximate reinforcement learning",
ICML 2002, lemma 6.1), without the noise of everything that happens after the change.

A better reply does not guarantee a better dialogue: edits that pass here need confirmation.
"""

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence

from esc_skills.metrics.evidence.statistics import PairedEvidence
from esc_skills.metrics.sage.outlook import Outlook
from esc_skills.programs.runner import Runner
from esc_skills.programs.simulation.dialogue import State
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.rollouts import Exchange
from esc_skills.signatures.skills import Bank

from .bundles import applied_together
from .candidates import Candidate, scaled
from .incumbent import Incumbent

SEEKERS = 16
"""Seekers at most at whose moments a candidate is looked for."""


class TurnTrial:
    """Compatible edits, tested together at turns of the incumbent's dialogues.

    The bank with all of them answers, and each reply tells of the edit whose skill it uses. Only
    replies count in which a changed skill is used. First a few moments with every seeker (or with a
    sample of them) show with whom an edit acts at all; from then on only those seekers are asked
    for, since elsewhere it makes no difference. The evidence counts reply by reply: at a given
    moment two replies of banks that do not differ in effect are exchangeable, so that what is seen
    is symmetric about 0. (It is not for sums over a dialogue, whose length depends on the
    incumbent's luck.)

    Args:
        runner: Puts the questions to the models.
        incumbent: Whose dialogues they are.
        candidates: Edits of different skills (`applied_together`); one is enough.
        outlook: What a point is worth at the end; read off the incumbent's dialogues by default.
    """

    def __init__(
        self,
        runner: Runner,
        incumbent: Incumbent,
        candidates: Sequence[Candidate],
        outlook: Outlook | None = None,
    ) -> None:
        self.candidates = list(candidates)
        """The edits in the bank that answers; one that fails is taken out."""
        self.evidence = PairedEvidence()
        """Of all its replies, each weighed by the stake that its edit deserved before it: whether
        any of the edits has an effect."""
        self.passed = False
        """Whether that evidence has ever been enough; a single edit has its own."""
        self.moments = 0
        """Moments looked at."""
        self.ended = False
        """Whether there was no further answer: no dialogue was left, or the budget ended."""
        self._runner = runner
        self.incumbent = incumbent
        self._outlook = incumbent.outlook if outlook is None else outlook
        self._seekers = _seekers(incumbent, runner.seed)
        self._bank: Bank | None = None  # with all of them; None where it is to be made anew
        self._needed = 1 / candidates[0].rule.error_rate if len(candidates) > 1 else math.inf

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
        authors = [self._authors(bank, *row) for row in zip(batch, answers, strict=False)]
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
        without: Mapping[Candidate, State | None],
    ) -> None:
        """Record one turn for every edit that lacks it; bets use only earlier evidence."""
        fresh = [c for c in self.candidates if not c.has_seen(state)]
        changes: dict[Candidate, float] = {}
        for candidate in authors:
            other = without.get(candidate, state)
            change = other and change_at(other, answer, self._outlook)
            if candidate in fresh and change is not None:
                changes[candidate] = change
        if changes:  # a reply counts once, for the edit that deserves most
            author = max(changes, key=lambda c: c.evidence.stake)
            self.evidence = self.evidence.add(author.evidence.stake * scaled(changes[author]))
            self.passed |= self.evidence.e_value >= self._needed
        for candidate in fresh:
            candidate.see(state, changes.get(candidate))

    def _authors(self, bank: Bank, state: State, now: Exchange | None) -> list[Candidate]:
        """Whose doing the new reply may be.

        Of those whose skill it uses; failing that, of those who changed the skill that was used
        before. Where an edit of another skill may have moved the choice, of both. A supporter that
        falls silent does not say which skill silenced it: that counts against all.
        """
        before = state.played
        if now is None or now.reply == before.reply:
            return []
        if not now.reply:
            return list(self.candidates)
        authors = [c for c in self.candidates if c.concerns(now.skill)]
        known = self.incumbent.agent.bank.value
        moved = now.skill != before.skill and now.skill is not None and known.get(now.skill)
        taken_away = before.skill is not None and bank.get(before.skill) is None
        if moved or taken_away or not authors:
            others = (c for c in self.candidates if c not in authors)
            authors += [c for c in others if c.concerns(before.skill)]
        return authors

    def _without(
        self, authors: Sequence[Sequence[Candidate]], batch: Sequence[State]
    ) -> list[dict[Candidate, State | None]]:
        """What is answered without an author, where a reply may be the doing of several."""
        found: list[dict[Candidate, State | None]] = [{} for _ in authors]
        parent = self.incumbent.agent
        for left_out in self.candidates:
            places = [i for i, those in enumerate(authors) if len(those) > 1 and left_out in those]
            others = [c for c in self.candidates if c is not left_out]
            steps = applied_together(parent.bank.value, others) if places else []
            if not steps:
                continue
            states = [batch[i] for i in places]
            answers = self._runner.answer(parent.with_bank(steps[-1][1]), states)
            self.ended |= len(answers) < len(places)
            for place, answer in zip(places, [*answers, *[None] * len(places)], strict=False):
                found[place][left_out] = answer and _played_at(batch[place], answer)
        return found


def _played_at(state: State, answer: Exchange) -> State:
    """The moment as if this had been answered."""
    exchanges = (*state.rollout.exchanges[: state.turn], answer)
    return state._replace(rollout=state.rollout.model_copy(update={"exchanges": exchanges}))


def _all_of(candidates: Sequence[Candidate]) -> frozenset[str] | None:
    """The skills that these edits change; None if any reply may change."""
    found: frozenset[str] = frozenset()
    for candidate in candidates:
        if candidate.about is None:
            return None
        found |= candidate.about
    return found


def change_at(state: State, answer: Exchange | None, outlook: Outlook) -> float | None:
    """Effect of another reply at a turn, in final points, to first order.

    The change of emotion times what a point is worth at the end; None where the reply is missing or
    the same.
    """
    before = state.played
    if answer is None or answer.reply == before.reply:
        return None
    assert answer.emotion is not None
    assert before.emotion is not None
    return outlook.worth(state.turn, answer.emotion - before.emotion)


def changed(
    runner: Runner,
    candidate: SupportAgent,
    states: Sequence[State],
    outlook: Outlook,
) -> list[float | None]:
    """Effect of the candidate's reply at each turn (`change_at`).

    Args:
        runner: Puts the questions to the models.
        candidate: Who answers.
        states: Moments of dialogues of the incumbent.
        outlook: What changes of emotion are worth at the end.

    Returns:
        One value for each state, None where the reply is the same or missing (an infrastructure
        failure); fewer than states only where the budget ends.
    """
    answers = runner.answer(candidate, states)
    return [change_at(s, a, outlook) for s, a in zip(states, answers, strict=False)]


def _seekers(incumbent: Incumbent, seed: int) -> list[str]:
    names = [profile.id for profile in incumbent.profiles]
    return random.Random(seed).sample(names, min(SEEKERS, len(names)))
