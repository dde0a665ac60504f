"""The trace analyst: reads rollouts and reports the faults of the bank, with evidence."""

from collections.abc import Sequence

import dspy

from esc_skills.signatures.reflection import DiagnoseRollouts, RolloutDigest, SkillCredit
from esc_skills.signatures.rollouts import Evidence, Finding, Rollout
from esc_skills.signatures.skills import Bank
from esc_skills.signatures.wording import worded

from ..models.role_predict import RolePredict
from ..models.seeds import seed_scope
from ..reading.scalars import slug
from ..support.support_agent import NO_SKILL, draft

DIALOGUES_PER_CALL = 8
"""Dialogues per analysis; more would fill the model's context."""


class TraceAnalyst(dspy.Module):
    """Finds repeated faults in failed dialogues. Quotes that do not occur are removed."""

    def __init__(self) -> None:
        super().__init__()
        self.diagnose = RolePredict(DiagnoseRollouts, role="analyst")

    def forward(
        self, rollouts: Sequence[Rollout], bank: Bank, credit: Sequence[SkillCredit]
    ) -> dspy.Prediction:
        """Analyse dialogues of one bank.

        Args:
            rollouts: Valid rollouts of the bank.
            bank: The bank that was played.
            credit: How replies with each skill were received.

        Returns:
            A prediction with `findings` (tuple of Finding), the best supported first.

        Raises:
            DialogueError: The analyst model failed.
        """
        worst_first = sorted(rollouts, key=lambda rollout: rollout.score)
        findings: list[Finding] = []
        for start in range(0, len(worst_first), DIALOGUES_PER_CALL):
            part = worst_first[start : start + DIALOGUES_PER_CALL]
            with seed_scope("diagnose", start):
                found = self.diagnose(
                    skills=[draft(skill) for skill in bank.skills],
                    credit=list(credit),
                    rollouts=[digest(rollout) for rollout in part],
                ).findings
            findings += [verified(finding, part) for finding in found]
        return dspy.Prediction(findings=tuple(_most_supported_first(findings)))


def digest(rollout: Rollout) -> RolloutDigest:
    """The rollout as the analyst reads it."""
    return RolloutDigest(
        profile=rollout.profile,
        group=rollout.group,
        replicate=rollout.replicate,
        emotions=rollout.emotions,
        ending=rollout.ending,
        turns=tuple(line for _, line in scored_exchanges(rollout)),
    )


def scored_exchanges(rollout: Rollout) -> list[tuple[int, str]]:
    """(Change of emotion, exchange as `RolloutDigest` has it) of each appraised reply."""
    found: list[tuple[int, str]] = []
    before = rollout.start
    seeker, supporter = worded("seeker"), worded("supporter")
    for turn, exchange in enumerate(rollout.exchanges):
        if exchange.reply is None or exchange.appraisal is None or exchange.emotion is None:
            continue
        why = f" | chosen: {exchange.why}" if exchange.why else ""
        line = (
            f"[{turn}] {seeker}: {exchange.seeker} | "
            f"{supporter} ({exchange.skill or NO_SKILL}): {exchange.reply}{why} | "
            f"emotion {before} -> {exchange.emotion} | "
            f"{exchange.appraisal.goal_fit} {exchange.appraisal.feeling}"
        )
        found.append((exchange.emotion - before, line))
        before = exchange.emotion
    return found


def verified(finding: Finding, rollouts: Sequence[Rollout]) -> Finding:
    """The finding with only the evidence whose quote occurs in the named turn."""
    texts = {(r.profile, r.replicate): r.exchanges for r in rollouts}

    def stands(evidence: Evidence) -> bool:
        exchanges = texts.get((evidence.profile, evidence.replicate), ())
        if evidence.turn >= len(exchanges):
            return False
        exchange = exchanges[evidence.turn]
        felt = exchange.appraisal.model_dump_json() if exchange.appraisal else ""
        return evidence.quote in f"{exchange.seeker} | {exchange.reply} | {felt}"

    kept = {"evidence": tuple(filter(stands, finding.evidence))}
    named = slug(finding.skill or "") or None  # as banks spell names: `Make Room` is make-room
    return finding.model_copy(update={**kept, "skill": named})


def _most_supported_first(findings: Sequence[Finding]) -> list[Finding]:
    """Like findings of several calls joined, unsafe ones first, then by evidence."""
    joined: dict[tuple[str, str | None, str], Finding] = {}
    for finding in findings:
        key = (finding.kind, finding.skill, finding.remedy)
        known = joined.get(key)
        if known is not None:
            finding = known.model_copy(
                update={
                    "evidence": (*known.evidence, *finding.evidence),
                    "groups": tuple(dict.fromkeys((*known.groups, *finding.groups))),
                }
            )
        joined[key] = finding
    unsafe = "unsafe intervention"
    return sorted(joined.values(), key=lambda f: (f.kind != unsafe, -len(f.evidence)))
