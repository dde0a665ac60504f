"""Two baselines that search for nothing: good dialogues as context, and a role to play.

What few-shot prompts and personas give for nothing is what a search has to beat. Both put a single
skill for every moment before the first bank's, whose own skills are taken out.
"""

from esc_skills.optimizers.strategy import SearchTask
from esc_skills.signatures.edits import AddSkill, Edit, RemoveSkill
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank, SelectionPolicy, SkillDraft

from .skillopt_rule import applied
from .validation_mean import ValidationMean

SEEN, SHOWN = 24, 2
"""Train dialogues that are played without skills, and how many of the best are shown."""
ROOM = 1_900
"""Characters of guidance for dialogues."""
ALWAYS = "Use it in every reply, whatever the person brings up."
ROLE = (
    "You are a counsellor of many years at a helpline, known for warmth and calm. People feel safe "
    "with you, because you care about them, take your time, and stay with what they say."
)


class RolePlay:
    """A role to play, in the place of skills."""

    def run(self, task: SearchTask) -> str:
        """Take the role."""
        _replace(task, SkillDraft(name="a-role", when_to_use=ALWAYS, guidance=ROLE))
        return "a role is played"


class RawDialogues:
    """The best of some dialogues with the plain supporter, shown as they were."""

    def run(self, task: SearchTask) -> str:
        """Play, and show the best."""
        means = ValidationMean(task)
        pairs = [(task.train[i % len(task.train)], i // len(task.train)) for i in range(SEEN)]
        affordable = max(1, min(SEEN, task.affordable_rollouts))
        played = means.play(Bank(), pairs[:affordable])
        best = sorted((r for r in played if r.valid), key=lambda r: -r.score)[:SHOWN]
        if best:
            text = "\n\n".join(_shown(rollout) for rollout in best)[:ROOM]
            guidance = f"Reply as the supporter does in these talks.\n\n{text}"
            _replace(task, SkillDraft(name="good-talks", when_to_use=ALWAYS, guidance=guidance))
        return "good dialogues are shown"


def _shown(rollout: Rollout) -> str:
    return "\n".join(
        f"Person: {exchange.seeker}\nSupporter: {exchange.reply}"
        for exchange in rollout.exchanges
        if exchange.reply
    )


def _replace(task: SearchTask, skill: SkillDraft) -> None:
    """Make a bank of that skill alone the incumbent, by edits that keep the policy."""
    removed: list[Edit] = [RemoveSkill(name=name) for name in task.bank.names]
    edits = [*removed, AddSkill(skill=skill, reason="without a search")]
    bank = applied(task.bank, edits).model_copy(update={"policy": SelectionPolicy()})
    task.record.decide(edits, bank, accepted=True, gate="no search", reason="nothing is compared")
