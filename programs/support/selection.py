"""The shortlist of skills that the selecting model sees at a turn.

Deterministic and free of model calls: BM25 (Robertson and Zaragoza, 2009) over what each skill says
of its use. Chinese text is matched by character pairs.
"""

import re
from functools import lru_cache

import bm25s
import numpy as np

from esc_skills.signatures.skills import Bank, Skill

_WORD = re.compile(r"[a-z0-9']+|[\u4e00-\u9fff]+")
# Not the tokenizer of bm25s: it knows no pairs of Han characters, and its stop words and stemmer
# give other shortlists, which would change every stored decision and score.
_STOP = frozenset(
    """
    a about after again all also am an and any are as at be been but by can could did do
    does for from had has have he her him his how i i'm if in into is it it's its just me
    more my no not of on one or our out she so some than that the their them then there they
    this to too up us very was we were what when where which who why will with would you
    your
    """.split()
)


def tokens(text: str) -> list[str]:
    """Lower-case words without stop words; Chinese as overlapping character pairs."""
    found: list[str] = []
    for run in _WORD.findall(text.lower()):
        if run[0] >= "\u4e00":
            found += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
        elif run not in _STOP:
            found.append(_stem(run))
    return found


def _stem(word: str) -> str:
    """The word without its commonest English endings, so that `feels` meets `feeling`."""
    for ending in ("ings", "ing", "edly", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=256)
def _index(texts: tuple[str, ...]) -> bm25s.BM25:
    """The BM25 index of some skills, kept because a bank is asked at every turn."""
    index = bm25s.BM25()
    index.index([tokens(text) for text in texts], show_progress=False)
    return index


def shortlist(bank: Bank, seeker_turns: list[str]) -> list[Skill]:
    """The skills on offer after the seeker's turns so far, the most relevant first.

    Args:
        bank: The skills and the policy, whose parameters decide.
        seeker_turns: Everything the seeker has said, in order; not empty.
    """
    rule = bank.policy.parameters
    if not bank.skills or len(seeker_turns) <= rule.warm_up:
        return []
    if rule.retriever == "all":
        return list(bank.skills[: rule.shortlist])
    query = tokens(" ".join(seeker_turns[-rule.context_turns :]))
    texts = tuple(
        f"{skill.name} {skill.when_to_use} {skill.expected_outcome}" for skill in bank.skills
    )
    scores = _index(texts).get_scores(query) if query else np.zeros(len(bank.skills))
    best = float(scores.max()) or 1.0
    ranked = sorted(range(len(bank.skills)), key=lambda i: (-scores[i], i))
    kept = [i for i in ranked if scores[i] / best >= rule.threshold]
    return [bank.skills[i] for i in kept[: rule.shortlist]]
