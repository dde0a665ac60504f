"""An optimizer: adds one skill and stops."""

from esc_skills.optimizers import SearchTask
from esc_skills.signatures import AddSkill, SkillDraft, apply_edit

LISTEN = SkillDraft(
    name="listen-first",
    when_to_use="At the start, while the story unfolds.",
    guidance="Listen and let them talk; reflect back the feeling.",
)


class OneSkill:
    """Accepts its edit without any test; a real one plays with `task.runner` first."""

    def run(self, task: SearchTask) -> str:
        """Search, and say why the search stopped."""
        edit = AddSkill(skill=LISTEN, reason="helping begins with listening")
        if LISTEN.name not in task.bank.names:
            task.record.decide(
                (edit,), apply_edit(task.bank, edit), accepted=True, gate="none", reason="always"
            )
        return "one skill was added"
