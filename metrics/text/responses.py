"""Comparison of replies with reference replies, by the field's usual measures.

They measure word overlap, and different words may help as well: they do not measure support, and
nothing is ever accepted or optimized by them. METEOR is that of NLTK without its
synonyms, which need WordNet, and no library carries that; it is named for what it matches.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from esc_skills.programs.simulation.replay import Response
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.words import words

from ..evidence.bootstrap import bootstrap_interval
from ..evidence.statistics import Interval


class ResponseScores(Frozen):
    """How like the reference replies some replies are; shares and scores in percent, 0..100."""

    responses: int
    bleu2: float
    """Corpus BLEU up to bigrams (Papineni et al., ACL 2002; sacrebleu)."""
    bleu4: float
    rouge_l: Interval
    """Mean F1 of the longest common subsequence of words (Lin, 2004)."""
    meteor_exact_stem: Interval
    """Mean METEOR of words that are the same or have the same stem, without synonyms: lower than
    published METEOR, and not to be compared with it."""
    distinct1: float
    """Different words among all words of the replies (Li et al., NAACL 2016)."""
    distinct2: float
    strategy: Interval | None
    """Accuracy of the reply's strategy against the corpus label; None where none was named."""
    judge: Interval | None
    """Accuracy of the judge on the references: no strategy accuracy means more than this one."""
    length: float
    """Mean words of a reply."""
    reference_length: float


def score_responses(responses: Sequence[Response], seed: int = 0) -> ResponseScores:
    """The scores of some responses; intervals are bootstrapped over conversations.

    Raises:
        ValueError: There is no response.
    """
    if not responses:
        raise ValueError("there is no response to score")
    labelled = [response for response in responses if response.named]
    said = [words(response.reply) for response in responses]
    real = [words(response.reference) for response in responses]

    def mean_of(value: Callable[[Response], float], rows: Sequence[Response]) -> Interval | None:
        by_conversation: defaultdict[str, list[float]] = defaultdict(list)
        for row in rows:
            by_conversation[row.conversation].append(100 * value(row))
        return bootstrap_interval(by_conversation, (0, 100), seed=seed) if rows else None

    rouge = mean_of(lambda row: rouge_l(row.reply, row.reference), responses)
    meteor = mean_of(lambda row: meteor_exact_stem(row.reply, row.reference), responses)
    assert rouge is not None  # there is a response
    assert meteor is not None
    return ResponseScores(
        responses=len(responses),
        bleu2=_bleu(responses, 2),
        bleu4=_bleu(responses, 4),
        rouge_l=rouge,
        meteor_exact_stem=meteor,
        distinct1=100 * distinct([[(word,) for word in line] for line in said]),
        distinct2=100 * distinct([list(pairwise(line)) for line in said]),
        strategy=mean_of(lambda row: row.named == row.labelled, labelled),
        judge=mean_of(lambda row: row.named_reference == row.labelled, labelled),
        length=sum(map(len, said)) / len(said),
        reference_length=sum(map(len, real)) / len(real),
    )


def _bleu(responses: Sequence[Response], order: int) -> float:
    from sacrebleu.metrics.bleu import BLEU

    # the Chinese tokenizer parts Han characters and leaves other languages to the usual one
    bleu = BLEU(max_ngram_order=order, lowercase=True, tokenize="zh")
    replies = [response.reply for response in responses]
    return bleu.corpus_score(replies, [[response.reference for response in responses]]).score


def rouge_l(reply: str, reference: str) -> float:
    """F1 of the longest common subsequence of words, 0..1; 0 where one text has no words."""
    from rapidfuzz.distance import LCSseq

    said, real = words(reply), words(reference)
    if not said or not real:
        return 0.0
    return 2 * LCSseq.similarity(said, real) / (len(said) + len(real))


class _NoSynonyms:
    """Stands in for WordNet, which NLTK would download."""

    def synsets(self, word: str) -> tuple[Any, ...]:
        """None for any word."""
        return ()


def meteor_exact_stem(reply: str, reference: str) -> float:
    """METEOR of words and of Porter's stems, 0..1, with NLTK's alignment and no synonyms.

    F-mean of precision and recall, recall weighing nine times as much, less a penalty of up to one
    half for matches that do not stand side by side. Words are those of the other measures: a Han
    character is one, and has no stem.

    Sources: Banerjee and Lavie, 2005, section 2 (METEOR); Lavie and Agarwal, WMT 2007 (the weights
    0.9, 3 and 0.5); exact and stem are the first two matchers of Denkowski and Lavie, WMT 2014.
    """
    from nltk.translate.meteor_score import single_meteor_score

    synonyms: Any = _NoSynonyms()
    return single_meteor_score(words(reference), words(reply), wordnet=synonyms)


def distinct(lines: Sequence[Sequence[tuple[str, ...]]]) -> float:
    """Share of n-grams that differ from all earlier ones, 0..1."""
    grams = [gram for line in lines for gram in line]
    return len(set(grams)) / len(grams) if grams else 0.0
