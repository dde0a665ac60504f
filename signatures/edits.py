"""Edits: the bounded, typed changes by which a bank may move, and what they make of it.

Pure: an edit takes a bank and returns a new one, or says why it does not apply.
"""

from typing import Annotated, Literal

from pydantic import Field, ValidationError

from .frozen import Frozen, content_hash
from .skills import (
    Bank,
    PolicyParameters,
    Provenance,
    SelectionPolicy,
    Skill,
    SkillDraft,
    SkillName,
    SkillText,
)


class EditError(ValueError):
    """An edit does not apply to this bank."""


class _Edit(Frozen):
    reason: str = Field(default="", description="Which finding this answers, in one sentence.")

    @property
    def identity(self) -> str:
        """Hash of what the edit does; the reason does not count."""
        return content_hash(self.model_dump(mode="json", exclude={"reason"}))


class AddSkill(_Edit):
    """Add a skill that the bank lacks."""

    kind: Literal["add"] = "add"
    skill: SkillDraft


class RewriteField(_Edit):
    """Replace one text field of one skill."""

    kind: Literal["rewrite"] = "rewrite"
    name: SkillName
    field: Literal["when_to_use", "guidance", "expected_outcome", "risks", "when_not_to_use"]
    text: SkillText


class RemoveSkill(_Edit):
    """Take a skill out."""

    kind: Literal["remove"] = "remove"
    name: SkillName


class MergeSkills(_Edit):
    """Replace two or more skills by one."""

    kind: Literal["merge"] = "merge"
    names: tuple[SkillName, ...] = Field(min_length=2)
    skill: SkillDraft


class SplitSkill(_Edit):
    """Replace one skill by two or more narrower ones."""

    kind: Literal["split"] = "split"
    name: SkillName
    skills: tuple[SkillDraft, ...] = Field(min_length=2, max_length=4)


class RewritePolicy(_Edit):
    """Replace the text that says how to choose."""

    kind: Literal["policy text"] = "policy text"
    text: SkillText


class SetPolicy(_Edit):
    """Replace the numbers of the selection policy."""

    kind: Literal["policy parameters"] = "policy parameters"
    parameters: PolicyParameters


Edit = Annotated[
    AddSkill | RewriteField | RemoveSkill | MergeSkills | SplitSkill | RewritePolicy | SetPolicy,
    Field(discriminator="kind"),
]


def apply_edit(bank: Bank, edit: Edit) -> Bank:
    """The bank after one edit.

    Raises:
        EditError: A named skill is missing, a name repeats, or the result is not a valid bank.
    """
    try:
        changed = Bank(skills=_skills_after(bank, edit), policy=_policy_after(bank.policy, edit))
    except ValidationError as error:
        raise EditError(error.errors()[0]["msg"]) from error
    if changed.identity == bank.identity:
        raise EditError("the edit must change the bank, but leaves it as it is")
    return changed


def _policy_after(policy: SelectionPolicy, edit: Edit) -> SelectionPolicy:
    match edit:
        case RewritePolicy(text=text):
            return SelectionPolicy(text=text, parameters=policy.parameters)
        case SetPolicy(parameters=parameters):
            return SelectionPolicy(text=policy.text, parameters=parameters)
        case _:
            return policy


def _skills_after(bank: Bank, edit: Edit) -> tuple[Skill, ...]:
    match edit:
        case AddSkill(skill=skill):
            return (*bank.skills, _evolved(skill, ()))
        case RewriteField(name=name, field=field, text=text):
            changed = Skill.model_validate({**_named(bank, name).model_dump(), field: text})
            return tuple(changed if skill.name == name else skill for skill in bank.skills)
        case RemoveSkill(name=name):
            return _replace(bank, (name,), ())
        case MergeSkills(names=names, skill=skill):
            parents = tuple(_named(bank, name) for name in names)
            return _replace(bank, names, (_evolved(skill, parents),))
        case SplitSkill(name=name, skills=skills):
            parents = (_named(bank, name),)
            return _replace(bank, (name,), tuple(_evolved(skill, parents) for skill in skills))
        case _:
            return bank.skills


def _evolved(draft: SkillDraft, parents: tuple[Skill, ...]) -> Skill:
    """The draft as a skill that inherits the evidence of its parents."""
    records = [parent.provenance for parent in parents]
    provenance = Provenance(
        origin="evolved",
        good=sum(record.good for record in records),
        bad=sum(record.bad for record in records),
        units=tuple(unit for record in records for unit in record.units),
        parents=tuple(parent.name for parent in parents),
    )
    return Skill(**draft.model_dump(include=set(SkillDraft.model_fields)), provenance=provenance)


def _replace(bank: Bank, old: tuple[str, ...], new: tuple[Skill, ...]) -> tuple[Skill, ...]:
    """The skills with `new` standing where the first of `old` stood."""
    place = min(bank.skills.index(_named(bank, name)) for name in old)
    kept = [skill for skill in bank.skills if skill.name not in old]
    return (*kept[:place], *new, *kept[place:])


def _named(bank: Bank, name: str) -> Skill:
    skill = bank.get(name)
    if skill is None:
        known = ", ".join(bank.names) or "no skill"
        raise EditError(f"the edit names skill {name!r}, but the bank has {known}")
    return skill


def touched_by(edit: Edit) -> frozenset[str]:
    """The skills that an edit changes, by name, and `policy` where it changes the policy."""
    match edit:
        case RewriteField(name=name) | RemoveSkill(name=name) | SplitSkill(name=name):
            return frozenset({name})
        case MergeSkills(names=names):
            return frozenset(names)
        case RewritePolicy() | SetPolicy():
            return frozenset({"policy"})
        case AddSkill(skill=skill):
            return frozenset({skill.name})


def in_words(edit: Edit) -> str:
    """The whole edit as a person reads it: what it does, with every text that it brings in."""
    match edit:
        case RewriteField(text=text) | RewritePolicy(text=text):
            return f"{describe(edit)}: {text}"
        case AddSkill(skill=skill) | MergeSkills(skill=skill):
            return f"{describe(edit)}\n{skill.shown}"
        case SplitSkill(skills=skills):
            return "\n".join([describe(edit), *(skill.shown for skill in skills)])
        case RemoveSkill() | SetPolicy():
            return describe(edit)


def describe(edit: Edit) -> str:
    """One line that says what the edit does."""
    match edit:
        case AddSkill(skill=skill):
            return f"add {skill.name}"
        case RewriteField(name=name, field=field):
            return f"rewrite {field} of {name}"
        case RemoveSkill(name=name):
            return f"remove {name}"
        case MergeSkills(names=names, skill=skill):
            return f"merge {' + '.join(names)} into {skill.name}"
        case SplitSkill(name=name, skills=skills):
            return f"split {name} into {', '.join(skill.name for skill in skills)}"
        case RewritePolicy():
            return "rewrite the policy text"
        case SetPolicy(parameters=parameters):
            return "set the policy: " + ", ".join(
                f"{k}={v}" for k, v in parameters.model_dump().items()
            )
