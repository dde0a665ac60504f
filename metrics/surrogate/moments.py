"""Moments of simulated dialogues: what the appraiser saw, and the change that it gave."""

from collections.abc import Iterable
from typing import NamedTuple

from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.protocol import EMOTION_START
from esc_skills.signatures.rollouts import Exchange
from esc_skills.signatures.transcripts import Transcript
from esc_skills.signatures.words import language_of


class Moment(NamedTuple):
    """One appraised reply in its dialogue."""

    transcript: Transcript
    turn: int
    """Index of the exchange, from 0."""

    @property
    def exchange(self) -> Exchange:
        """What the seeker said, the reply, and how it was taken."""
        return self.transcript.rollout.exchanges[self.turn]

    @property
    def reply(self) -> str:
        """The reply that was appraised."""
        return self.exchange.reply or ""

    @property
    def change(self) -> int:
        """The change of emotion that the appraiser gave, -10..10.

        Raises:
            ValueError: The reply was not appraised.
        """
        if self.exchange.appraisal is None:
            raise ValueError(f"turn {self.turn} has no appraisal")
        return self.exchange.appraisal.change

    @property
    def before(self) -> Exchange | None:
        """The exchange before; None at the first reply."""
        return self.transcript.rollout.exchanges[self.turn - 1] if self.turn else None

    @property
    def emotion(self) -> int:
        """Emotion before the reply, 0..100."""
        known = None if self.before is None else self.before.emotion
        return EMOTION_START if known is None else known

    @property
    def last_change(self) -> int:
        """Change at the reply before; 0 at the first."""
        given = None if self.before is None else self.before.appraisal
        return 0 if given is None else given.change

    @property
    def profile(self) -> Profile | None:
        """The seeker, where it is known."""
        return self.transcript.profile

    @property
    def seeker(self) -> str:
        """Identity of the seeker."""
        return self.transcript.rollout.profile

    @property
    def source(self) -> str:
        """Simulator and supporter, whose replies share a level."""
        return f"{self.transcript.simulator} | {self.transcript.supporter}"

    @property
    def dialogue(self) -> str:
        """Identity of the dialogue, whose replies depend on each other."""
        rollout = self.transcript.rollout
        return f"{self.source} | {rollout.profile} | {rollout.replicate}"


def moments(transcripts: Iterable[Transcript]) -> list[Moment]:
    """Every appraised reply of the valid dialogues, in order."""
    return [
        Moment(transcript, turn)
        for transcript in transcripts
        if transcript.rollout.valid
        for turn, exchange in enumerate(transcript.rollout.exchanges)
        if exchange.appraisal is not None
    ]


def language_spoken(transcript: Transcript) -> Language:
    """The language in which the seeker of a dialogue opens it."""
    return language_of(transcript.rollout.exchanges[0].seeker)
