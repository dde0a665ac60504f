"""`evaluate --conduct`: how many replies keep each rule, before and after repair."""

from pathlib import Path

import pytest

from esc_skills.experiments import samples
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.work.evaluate import Evaluation, evaluate

DOZEN = Path(next(iter(samples.__path__))) / "conduct-form.yaml"


def evaluated(conduct: Path | None) -> Evaluation:
    entries = {"conduct": conduct, "threads": 2}
    return evaluate(load_experiment(None, entries), limit=4)


def test_a_dozen_rules_at_once_are_kept_better_after_repair():
    counts = evaluated(DOZEN).conduct
    assert len(counts.rules) == 12
    assert counts.asked_again > 0
    assert sum(row.left for row in counts.rules) < sum(row.broken for row in counts.rules)
    [sentences] = [row for row in counts.rules if row.rule == "few sentences"]
    assert sentences.before is not None
    assert sentences.before < (sentences.after or 0) == pytest.approx(1)


def test_the_packaged_conduct_asks_for_no_harmless_reply_again():
    counts = evaluated(None).conduct
    assert counts.replies > 10
    assert (counts.asked_again, counts.replaced) == (0, 0)
