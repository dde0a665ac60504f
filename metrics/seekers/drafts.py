"""What is wrong with a new seeker before it has said a word: copies, told intentions, demands."""

import re
from collections.abc import Iterable, Sequence

import dspy
from rapidfuzz.distance import Indel

from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.role_predict import RolePredict
from esc_skills.programs.simulation.seeker_faults import INTENTION_RUN, copied_run
from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.judging.persona import StatementCheck
from esc_skills.signatures.person_writing import CheckDraft, PersonDraft
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.words import words

ALIKE = 0.75
"""Share of words in common, in order, from which two seekers are one; published seekers of SAGE
come to 0.66 at most."""
TOLD = 0.6
"""Share of an intention's telling words from which an opening gives it away."""
_EMPTY = frozenset(
    "you want the other person to that and with from your what which for rather than really be "
    "this they their have has had was were will would not did does".split()
)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_EMPTY_ZH = re.compile("你|希望|想要?|对方|能|的|在|自己|事件|中|和|，|而|是|不")  # noqa: RUF001


def likeness(one: Profile, other: Profile) -> float:
    """Share of the words of two seekers that they have in common, in order, 0..1."""
    return Indel.normalized_similarity(_words(one), _words(other))


def copied_from(profile: Profile, known: Iterable[Profile]) -> str:
    """Whom a seeker is like and how far, as a clause; empty if it is like nobody."""
    for other in known:
        if (share := likeness(profile, other)) >= ALIKE:
            return f"it is like {other.id} ({share:.0%} of the words)"
    return ""


def told_intention(opening: str, intention: str, language: Language) -> str:
    """The words by which an opening gives the hidden intention away; empty if it does not."""
    if copied := copied_run(opening, intention, INTENTION_RUN[language], language):
        return copied
    telling = telling_words(intention, language)
    said = telling_words(opening, language)
    shared = telling & said
    if len(telling) >= 3 and len(shared) / len(telling) >= TOLD:
        return ", ".join(sorted(shared))
    return ""


class DraftCheck(dspy.Module):
    """Reads a draft against demands with the judge's model."""

    def __init__(self) -> None:
        super().__init__()
        self.check = RolePredict(CheckDraft, role="judge")

    def forward(self, demands: Sequence[str], draft: PersonDraft) -> dspy.Prediction:
        """Check a draft.

        Returns:
            A prediction with `against`: a pair of demand and quotation for each that is
            contradicted by words which stand in the draft; others prove nothing.

        Raises:
            DialogueError: The judge failed, or left a demand out.
        """
        if not demands:
            return dspy.Prediction(against=())
        found: list[StatementCheck] = self.check(
            description=list(demands), written=draft
        ).statements
        if sorted(entry.number for entry in found) != list(range(len(demands))):
            raise DialogueError(f"CheckDraft: each of {len(demands)} demands must be checked once")
        against = tuple(
            (demands[entry.number], entry.quote)
            for entry in found
            if entry.relation == "contradicted" and _stands(entry.quote, draft)
        )
        return dspy.Prediction(against=against)


def _stands(quote: str, draft: PersonDraft) -> bool:
    said = " ".join(words(quote))
    return bool(said) and any(said in " ".join(words(text)) for _, text in draft)


def _words(profile: Profile) -> list[str]:
    return words(f"{profile.persona} {profile.scene} {profile.opening}")


def telling_words(text: str, language: Language) -> set[str]:
    """The words of a text that say what it is about; of Chinese, pairs of characters."""
    if language == "zh":
        runs = _HAN.findall(_EMPTY_ZH.sub(" ", text))
        return {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return {word for word in words(text) if word not in _EMPTY and len(word) > 2}
