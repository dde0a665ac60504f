"""Replies beside reference replies, by the measures that the field reports.

They say how alike the words are, and words that are unlike may help as well: they are no measure
of support, and nothing is ever accepted or optimized by them. METEOR is left out: it needs WordNet,
and no library carries it; without synonyms it would be another measure under the same name.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from esc_skills.programs.replay import Response
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.words import words

from .bootstrap import bootstrap_interval
from .statistics import Interval


class ResponseScores(Frozen):
    """How like the reference replies some replies are; shares and scores in percent, 0..100."""

    responses: int
    bleu2: float
    """Corpus BLEU up to bigrams (Papineni et al., ACL 2002; sacrebleu)."""
    bleu4: float
    rouge_l: Interval
    """Mean F1 of the longest common subsequence of words (Lin, 2004)."""
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
    assert rouge is not None  # there is a response
    return ResponseScores(
        responses=len(responses),
        bleu2=_bleu(responses, 2),
        bleu4=_bleu(responses, 4),
        rouge_l=rouge,
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


def distinct(lines: Sequence[Sequence[tuple[str, ...]]]) -> float:
    """Share of n-grams that differ from all earlier ones, 0..1."""
    grams = [gram for line in lines for gram in line]
    return len(set(grams)) / len(grams) if grams else 0.0
