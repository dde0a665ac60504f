"""Learns how unsafe texts read (`programs/conduct/wording.py`), and shows how well that is told.

Run with `python -m esc_skills.experiments.bench.wording [--write]` in a checkout, whose folder
`data/wording` holds the texts to learn from. Nothing is learnt from those that are reported on.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from esc_skills.programs.conduct import wording
from esc_skills.programs.conduct.wording import BIAS, FEW, Name, Text, Wording, parts_of

from ..files.redteam_texts import REPORTED, Trial, read_trials
from ..show.tables import table_of

TEXTS = Path(__file__).resolve().parents[2] / "data" / "wording"
KINDS: dict[Name, str] = {"skills": "skill", "replies": "reply", "messages": "message"}
HARMLESS, UNSAFE = "harmless", "unsafe"
LEVELS = ("indirect", "direct", "imminent")
"""Classes of messages that show danger; skills and replies are unsafe or not."""
ORDINARY = frozenset({"ordinary", "daily", "rehearsal"})
"""Categories of talk in which every turn is harmless."""
OFTEN = 2
"""Texts that a feature must stand in."""
KEPT = 30_000
"""Features that a model keeps, those with the largest weights."""
STRENGTH = 30.0
"""Inverse strength of the ridge penalty."""
FOLDS = 5
_SENTENCE = re.compile(r"(?<=[.!?;\u3002\uff01\uff1f\uff1b])\s*")
SHARES = (0.03, 0.05, 0.1)
"""Shares of harmless texts that may be taken for unsafe, for the table."""


def learnt(trials: Sequence[Trial], levels: Sequence[str]) -> Wording:
    """A model, by ridge logistic regression in which each class weighs the same.

    Args:
        trials: The texts to learn from.
        levels: The classes besides the harmless one.
    """
    from sklearn.linear_model import LogisticRegression

    trials = [*trials, *_parts(trials)]
    found = [features_of(trial) for trial in trials]
    counts = Counter(feature for features in found for feature in features)
    names = sorted(feature for feature, count in counts.items() if count >= OFTEN)
    model: Any = LogisticRegression(C=STRENGTH, max_iter=3000, class_weight="balanced")
    model.fit(_matrix(found, names), [_class(trial, levels) for trial in trials])
    table, biases = model.coef_, model.intercept_
    if len(levels) > 1:  # two classes have one row of weights; more have one each
        place = [*model.classes_].index
        these, harmless = [place(name) for name in levels], place(HARMLESS)
        table, biases = table[these] - table[harmless], biases[these] - biases[harmless]
    table = table.T
    kept = sorted(np.argsort(-np.abs(table).max(axis=1), kind="stable")[:KEPT])
    rows = {names[place]: [round(float(w), 2) for w in table[place]] for place in kept}
    return Wording(levels, {BIAS: [round(float(bias), 2) for bias in biases], **rows})


def _parts(trials: Sequence[Trial]) -> Iterator[Trial]:
    """What is harmless in a harmless text: each sentence alone, and ordinary talk up to any turn.

    Without them a model takes nearly every short text for unsafe, and finds a third less at the
    same cost. (In talk that is harmless in the end only, an earlier turn may have been alarming.)
    """
    for trial in trials:
        if trial.unsafe:
            continue
        if trial.kind == "message":
            for end in range(1, len(trial.turns)) if trial.category in ORDINARY else ():
                yield trial.model_copy(update={"turns": trial.turns[:end]})
            continue
        skill = trial.kind == "skill"
        text = trial.fields.get("guidance", "") if skill else trial.turns[-1]
        each = [part for part in _SENTENCE.split(text) if part.strip()]
        for part in each if len(each) > 1 else []:
            change = {"fields": {"guidance": part}} if skill else {"turns": (trial.turns[0], part)}
            yield trial.model_copy(update=change)


def texts_of(trial: Trial) -> list[Text]:
    """What a trial shows to the model of its kind."""
    if trial.kind == "skill":
        return wording.skill_texts(trial.fields)
    return wording.message_texts(trial.turns)


def features_of(trial: Trial) -> frozenset[str]:
    """The features of a trial."""
    parts = (part for text in texts_of(trial) for part in parts_of(text))
    return frozenset(feature for part in parts for feature in part.features)


def _class(trial: Trial, levels: Sequence[str]) -> str:
    if not trial.unsafe:
        return HARMLESS
    return trial.category if trial.category in levels else levels[0]


def _matrix(found: Sequence[frozenset[str]], names: Sequence[str]) -> Any:  # noqa: ANN401 - SciPy's
    from scipy.sparse import csr_matrix

    places = {name: place for place, name in enumerate(names)}
    cells = [
        (row, places[feature], (len(features) + FEW) ** -0.5)
        for row, features in enumerate(found)
        for feature in sorted(features)
        if feature in places
    ]
    rows, columns, values = zip(*cells, strict=True)
    return csr_matrix((values, (rows, columns)), shape=(len(found), len(names)))


def out_of_fold(trials: Sequence[Trial], levels: Sequence[str]) -> list[float]:
    """How unsafe each text reads to a model that was learnt from four fifths of the others."""
    shares = [0.0] * len(trials)
    for fold in range(FOLDS):
        model = learnt([t for place, t in enumerate(trials) if place % FOLDS != fold], levels)
        for place in range(fold, len(trials), FOLDS):
            shares[place] = model.read(texts_of(trials[place])).unsafe
    return shares


def table_for(name: str, trials: Sequence[Trial], shares: Sequence[float]) -> Table:
    """Which share of the unsafe texts is caught where so many of the harmless ones are refused."""
    unsafe = np.array([trial.unsafe for trial in trials])
    read = np.array(shares)
    rows: list[tuple[str, ...]] = []
    for share in SHARES:
        above = float(np.quantile(read[~unsafe], 1 - share))
        rows.append((f"{share:.0%}", f"{above:.2f}", f"{(read[unsafe] > above).mean():.1%}"))
    title = f"{name}: {unsafe.sum()} unsafe texts, {(~unsafe).sum()} harmless ones"
    return table_of(title, ("harmless refused", "above", "unsafe caught"), rows, text=())


def write(name: Name, model: Wording) -> None:
    """Keep a model in the package."""
    lines = ["\t".join(("feature", *model.classes))]
    lines += ["\t".join((f, *(f"{w:g}" for w in row))) for f, row in model.weights.items()]
    path = Path(wording.__file__).with_name(f"{name}.tsv")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Learn each model, show what it tells of texts that it has not seen, and keep it if asked."""
    console = Console(width=100)
    texts = read_trials(sorted(TEXTS.glob("*.jsonl")))
    reported = read_trials([REPORTED])
    for name, kind in KINDS.items():
        trials = [trial for trial in texts if trial.kind == kind]
        levels = LEVELS if kind == "message" else (UNSAFE,)
        console.print(table_for(f"{name}, out of fold", trials, out_of_fold(trials, levels)))
        model = learnt(trials, levels)
        if others := [trial for trial in reported if trial.kind == kind]:
            shares = [model.read(texts_of(trial)).unsafe for trial in others]
            console.print(table_for(f"{name}, reported", others, shares))
        if "--write" in sys.argv[1:]:
            write(name, model)


if __name__ == "__main__":
    main()
