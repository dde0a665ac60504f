"""Rules that need a reader: the role `judge` is asked, and what nobody can review is refused."""

from collections.abc import Sequence

from esc_skills.signatures.conduct import Breach
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.judging.conduct import JudgeConduct, RuleVerdict

from ..models.failures import DialogueError
from ..models.role_predict import RolePredict
from .rules import JudgeRule

UNREVIEWED = "nobody could review it"


class ConductJudge:
    """Asks the judge about rules; no `dspy.Module`, so that no optimizer rewrites its prompt."""

    def __init__(self) -> None:
        self.judge = RolePredict(JudgeConduct, role="judge")

    def __call__(
        self, rules: Sequence[JudgeRule], text: str, before: Sequence[Turn] = (), place: str = ""
    ) -> tuple[Breach, ...]:
        """The rules that a text breaks, with a quotation each.

        A rule without a verdict counts as broken, and so do all if the model fails.

        Args:
            rules: The rules.
            text: The reply, or the skill.
            before: What was said before the reply.
            place: Where the text stands, for the breaches.

        Raises:
            BudgetExhausted: The budget has no call left.
        """
        if not rules:
            return ()
        try:
            answer = self.judge(
                rules=[rule.rule for rule in rules], conversation=list(before), text=text
            )
        except DialogueError:
            return unreviewed(rules, text, place)
        verdicts: dict[int, RuleVerdict] = {one.number: one for one in answer.verdicts}
        found: list[Breach] = []
        for number, rule in enumerate(rules):
            verdict = verdicts.get(number)
            if verdict is None:
                found += unreviewed([rule], text, place)
            elif not verdict.kept:
                found.append(_breach(rule, verdict.reason, verdict.quote, place))
        return tuple(found)


def unreviewed(rules: Sequence[JudgeRule], text: str, place: str = "") -> tuple[Breach, ...]:
    """The breaches of a text that no model has read."""
    return tuple(_breach(rule, UNREVIEWED, text[:60], place) for rule in rules)


def _breach(rule: JudgeRule, why: str, quote: str, place: str) -> Breach:
    return Breach(rule=rule.name, severity=rule.severity, why=why, quote=quote, place=place)
