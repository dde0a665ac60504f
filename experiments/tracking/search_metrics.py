"""Numbers and tables of a search, by the names under which they are tracked."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from esc_skills.metrics.evidence.statistics import Interval
from esc_skills.optimizers.events import Decision, SealedTest
from esc_skills.programs.conduct.counts import ConductCounts
from esc_skills.programs.models.readings import OUTCOMES, StageReadings
from esc_skills.signatures.rollouts import Spend


def spend_metrics(spend: Spend) -> dict[str, float]:
    """What was spent: dialogues, model calls, tokens, money.

    Money is left out where the price of a call is unknown; the number of such calls stands there
    instead.
    """
    values: dict[str, float] = {
        "spend/rollouts": spend.rollouts,
        "spend/calls": spend.calls,
        "spend/tokens": spend.tokens,
    }
    for name, count in (("cached", spend.tokens_cached), ("reasoning", spend.tokens_reasoning)):
        if count:
            values[f"spend/{name} tokens"] = count
    if spend.unpriced:
        return {**values, "spend/calls of unknown price": spend.unpriced}
    return {**values, "spend/money": spend.money}


def sealed_test_metrics(test: SealedTest) -> dict[str, float]:
    """What the sealed test measured: levels of each bank, and the gains, in points."""
    gain, after = test.gain, test.after
    values = {
        "gain/estimate": gain.mean,
        "gain/low": gain.low,
        "gain/high": gain.high,
        "score/estimate": after.score.mean,
        "score/low": after.score.low,
        "score/high": after.score.high,
        "score/first bank": test.before.score.mean,
        "score/successes": after.success,
        "score/failures": after.failure,
        "score/no reply": after.silent,
        "score/missing pairs": test.missing,
    }
    if test.no_bank is not None:
        over = test.no_bank.gain
        values |= {
            "gain over no bank/estimate": over.mean,
            "gain over no bank/low": over.low,
            "gain over no bank/high": over.high,
            "score/no bank": test.no_bank.level.score.mean,
        }
    return values


def trust_metrics(share: Interval) -> dict[str, float]:
    """How far single turns predicted whole dialogues: points gained for each point promised."""
    return {
        "turn trust/estimate": share.mean,
        "turn trust/low": share.low,
        "turn trust/high": share.high,
    }


def decision_metrics(decision: Decision) -> dict[str, float]:
    """What a challenge found, and what it cost."""
    values: dict[str, float] = {
        "accepted": float(decision.accepted),
        "comparisons": decision.pairs,
    }
    if decision.gain is not None:
        gain = decision.gain
        values |= {"gain/estimate": gain.mean, "gain/low": gain.low, "gain/high": gain.high}
    if decision.e_value is not None:
        values["evidence"] = decision.e_value
    return {**values, **spend_metrics(decision.cost)}


def readings_metrics(rows: Sequence[StageReadings]) -> dict[str, float]:
    """Shares of all answers, and of those of each stage that were not clean, 0..1."""
    asked = sum(row.asked for row in rows)
    if not asked:
        return {}
    totals = {o: sum(getattr(row, o) for row in rows) / asked for o in OUTCOMES}
    values = {f"answers/{outcome}": share for outcome, share in totals.items()}
    for stage in {row.stage for row in rows}:
        own = [row for row in rows if row.stage == stage]
        for outcome in OUTCOMES[1:]:
            count = sum(getattr(row, outcome) for row in own)
            if count:
                values[f"answers/{stage} {outcome}"] = count / sum(row.asked for row in own)
    return values


def conduct_metrics(counts: ConductCounts) -> dict[str, float]:
    """What the guard did, and the share of replies that kept each broken rule, 0..1."""
    values: dict[str, float] = {
        "conduct/replies": counts.replies,
        "conduct/asked again": counts.asked_again,
        "conduct/replaced": counts.replaced,
        "conduct/danger": counts.danger,
    }
    parts = name_parts(row.rule for row in counts.rules)
    for row in counts.rules:
        if row.broken and row.before is not None and row.after is not None:
            values[f"conduct/{parts[row.rule]}/before"] = row.before
            values[f"conduct/{parts[row.rule]}/after"] = row.after
    return values


def refusal_metrics(refused: Counter[str]) -> dict[str, float]:
    """Edits that were refused as unsafe, by rule."""
    parts = name_parts(refused)
    return {f"refused/{parts[rule]}": count for rule, count in refused.items()}


def name_parts(names: Iterable[str]) -> dict[str, str]:
    """Different names as different parts of a metric's name, whatever signs they hold."""
    parts: dict[str, str] = {}
    for name in names:
        plain = part = re.sub(r"[^\w\- ]", "_", name)[:80]
        number = 1
        while part in parts.values():
            number += 1
            part = f"{plain} {number}"
        parts[name] = part
    return parts


def decision_columns(decisions: Sequence[Decision]) -> dict[str, list[Any]]:
    """The decisions as a table, its columns by their titles."""
    return {
        "number": [d.number for d in decisions],
        "generation": [d.generation for d in decisions],
        "edit": [d.summary for d in decisions],
        "verdict": [d.verdict for d in decisions],
        "gate": [d.gate for d in decisions],
        "rules": [", ".join(d.rules) for d in decisions],
        "reason": [d.reason for d in decisions],
        "gain": [None if d.gain is None else round(d.gain.mean, 1) for d in decisions],
        "comparisons": [d.pairs for d in decisions],
        "rollouts": [d.cost.rollouts for d in decisions],
        "calls": [d.cost.calls for d in decisions],
    }
