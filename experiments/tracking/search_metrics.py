"""Numbers and tables of a search, by the names under which they are tracked."""

from collections.abc import Sequence
from typing import Any

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
    for row in counts.rules:
        if row.broken and row.before is not None and row.after is not None:
            values[f"conduct/{row.rule}/before"] = row.before
            values[f"conduct/{row.rule}/after"] = row.after
    return values


def decision_columns(decisions: Sequence[Decision]) -> dict[str, list[Any]]:
    """The decisions as a table, its columns by their titles."""
    return {
        "number": [d.number for d in decisions],
        "generation": [d.generation for d in decisions],
        "edit": [d.summary for d in decisions],
        "verdict": ["accepted" if d.accepted else "rejected" for d in decisions],
        "gate": [d.gate for d in decisions],
        "reason": [d.reason for d in decisions],
        "gain": [None if d.gain is None else round(d.gain.mean, 1) for d in decisions],
        "comparisons": [d.pairs for d in decisions],
        "rollouts": [d.cost.rollouts for d in decisions],
        "calls": [d.cost.calls for d in decisions],
    }
