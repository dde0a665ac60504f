"""Clears skills that read like unsafe ones, once a person or a judge has read them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from esc_skills.programs.conduct.checker import check_skill, rules_of
from esc_skills.programs.conduct.clearance import Clearance, texts_of
from esc_skills.programs.conduct.kinds import LearnedRule
from esc_skills.programs.conduct.reviewer import judge_skill
from esc_skills.programs.conduct.rules import Conduct
from esc_skills.programs.reading.yaml_text import load_yaml
from esc_skills.signatures.conduct import Breach, hard
from esc_skills.signatures.skills import Skill

from ..errors import UserError
from ..files.atomic_writes import cannot_write, write_whole
from ..files.banks import read_bank
from ..files.conducts import conduct_of
from ..setup.config import Experiment
from ..setup.models import open_models

EVERY = "all"
"""Stands for every skill that only reads like an unsafe one."""
Objects = Callable[[Sequence[Skill]], Sequence[tuple[Breach, ...]]]
"""Reads skills and says of each what speaks against it."""


def judge_of(experiment: Experiment) -> Objects:
    """The model that plays the role `judge` in an experiment, as a reader of skills."""

    def read(skills: Sequence[Skill]) -> list[tuple[Breach, ...]]:
        with open_models(experiment.role_models) as models, models.active():
            return [judge_skill(skill) for skill in skills]

    return read


def clear(
    path: Path, names: Sequence[str], by: str, conduct: Path, judge: Objects | None = None
) -> tuple[list[Clearance], list[Breach]]:
    """Note in a conduct that skills were read and do no harm, although they read like unsafe ones.

    Args:
        path: A bank file, or a folder with one.
        names: Of the skills; or `EVERY`.
        by: Who has read them.
        conduct: YAML file, which is made where there is none.
        judge: Reads the skills, where no person has; what it objects to is not cleared.

    Returns:
        What was cleared, and what the judge objects to.

    Raises:
        UserError: A name is unknown, a skill is not refused, or by a rule that nobody can clear;
            or a file is bad. Nothing has been written then.
    """
    rules = conduct_of(conduct if conduct.exists() else None)
    bank = read_bank(path, allow_unsafe=True)
    skills = [skill for skill in bank.skills if _is_meant(skill, names, rules)]
    known = {skill.name for skill in bank.skills}
    if missing := next((name for name in names if name not in known | {EVERY}), None):
        raise UserError(f"{path} has no skill {missing!r}. It has {', '.join(sorted(known))}.")
    objections = judge(skills) if judge else [()] * len(skills)
    cleared = [
        Clearance(skill=skill.name, texts=texts_of(skill), by=by)
        for skill, objection in zip(skills, objections, strict=True)
        if not objection
    ]
    if cleared:
        _note(cleared, conduct)
    return cleared, [one for objection in objections for one in objection]


def _is_meant(skill: Skill, names: Sequence[str], rules: Conduct) -> bool:
    """Whether a skill is to be cleared.

    Raises:
        UserError: It is named and cannot be cleared.
    """
    named = skill.name in names
    if not named and EVERY not in names:
        return False
    each = rules_of(rules)
    breaches = [breach for one in each for breach in hard(check_skill(skill, one))]
    learned = {rule.name for one in each for rule in one.rules if isinstance(rule, LearnedRule)}
    firm = next((breach for breach in breaches if breach.rule not in learned), None)
    if named and firm:
        raise UserError(f"{firm.sentence}, which nobody can clear. Mend the text.")
    if named and not breaches:
        raise UserError(f"the skill {skill.name} needs no clearing: no hard rule refuses it.")
    return bool(breaches) and firm is None


def _note(cleared: Sequence[Clearance], conduct: Path) -> None:
    """Add clearances at the end of a conduct, whose other text stays as it is."""
    entries = [one.model_dump() for one in cleared]
    lines = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=1000)
    try:
        before = conduct.read_text(encoding="utf-8") if conduct.exists() else ""
        data: dict[str, Any] = load_yaml(before) if before.strip() else {}
        start = "" if "cleared" in data else "cleared:\n"
        after = f"{before.rstrip()}\n{start}{lines}".lstrip()
        wanted = {**data, "cleared": [*data.get("cleared", []), *entries]}
        if _data_of(after) != wanted:
            raise UserError(
                f"the entry `cleared` must stand last in {conduct}, without indentation. Move it "
                f"there, or add to it:\n{lines}"
            )
        write_whole(conduct, after)
    except OSError as error:
        raise UserError(cannot_write(conduct, error)) from error


def _data_of(text: str) -> Any:  # noqa: ANN401 - any YAML value
    try:
        return load_yaml(text)
    except ValueError:
        return None
