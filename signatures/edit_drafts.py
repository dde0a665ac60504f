"""Edits as a model writes them: one flat record, which any format of output can hold.

The typed edits are a union of seven kinds; schemas with unions are long, and refused where output
is strict. `typed_edit` makes the one of the other.
"""

from collections.abc import Mapping
from typing import Any, Literal, Self, get_args

from pydantic import Field, ValidationError, model_validator

from .edits import (
    AddSkill,
    Edit,
    EditError,
    MergeSkills,
    RemoveSkill,
    RewriteField,
    RewritePolicy,
    SetPolicy,
    SplitSkill,
)
from .frozen import Frozen
from .skills import Bank, PolicyParameters, SkillDraft, SkillName, SkillText

EditKind = Literal["rewrite", "add", "remove", "merge", "split", "policy"]
"""rewrite: replace one text of a skill; add: a new skill; remove: take a skill out; merge: replace
two or more skills by one; split: replace a skill by two or more narrower ones; policy: replace the
policy's text or one of its numbers."""

SkillField = Literal["when_to_use", "guidance", "when_not_to_use", "expected_outcome", "risks"]
PolicyField = Literal["policy_text", "warm_up", "offered_tokens", "context_turns"]


_TAGS = ("type", "action", "op", "operation", "edit")
"""What models call the key that says which kind of edit it is."""


class NewSkill(Frozen):
    """A skill as a model writes it: what it is about before what it is called."""

    when_to_use: SkillText = Field(
        min_length=1, description="cue in the seeker's words, and the stage"
    )
    guidance: SkillText = Field(
        min_length=1, description="at most 60 words to the supporter: one or two moves, in order"
    )
    when_not_to_use: SkillText = ""
    expected_outcome: SkillText = Field(default="", description="how the seeker then answers")
    risks: SkillText = Field(default="", description="what may go wrong")
    name: SkillName

    @property
    def draft(self) -> SkillDraft:
        """The skill as a bank takes it."""
        return SkillDraft(**self.model_dump())


class EditDraft(Frozen):
    """One edit as a model writes it; what its kind does not need is left empty."""

    reason: str = Field(default="", description="which finding it answers, and why it should help")
    kind: EditKind
    names: tuple[SkillName, ...] = Field(
        default=(), description="skills of the bank that it changes; none for add and policy"
    )
    field: SkillField | PolicyField | Literal["none"] = Field(
        default="none", description="what a rewrite or policy edit replaces"
    )
    text: SkillText = Field(default="", description="its whole new text or number")
    skills: tuple[NewSkill, ...] = Field(
        default=(), description="new skills: one to add or merge, two or more to split"
    )

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        lacking = _lacking(self)
        if lacking:
            raise ValueError(f"an edit of kind {self.kind} needs {lacking}")
        return self

    @classmethod
    def completed(cls, given: Mapping[str, Any]) -> dict[str, Any]:
        """The entries as the record wants them, from what models write instead.

        A skill or name alone, a skill spelt out beside the kind, `none` for nothing, a kind that
        only one reading of the others leaves open. A removal is never read into what is left out.
        """
        if len(given) == 1 and isinstance(inside := next(iter(given.values())), Mapping):
            given = {**inside, "kind": next(iter(given))}
        entries = {k: v for k, v in given.items() if v not in (None, "", "none", [], {})}
        for tag in _TAGS:
            if isinstance(entries.get(tag), str) and "kind" not in entries:
                entries["kind"] = entries.pop(tag)
        if isinstance(entries.get("skill"), Mapping):
            entries["skills"] = [entries.pop("skill")]
        written = set(NewSkill.model_fields) & set(entries)
        if {"when_to_use", "guidance"} <= written and "skills" not in entries:
            entries["skills"] = [{name: entries.pop(name) for name in written}]
        for alone in ("name", "skill"):
            if isinstance(entries.get(alone), str) and "names" not in entries:
                entries["names"] = [entries.pop(alone)]
        if "kind" not in entries and (kind := _only_kind(entries)):
            entries["kind"] = kind
        return entries


def _lacking(draft: EditDraft) -> str:
    """What a draft lacks for its kind; empty if nothing."""
    names, skills = len(draft.names), len(draft.skills)
    of_skill = draft.field in get_args(SkillField)
    needs: dict[EditKind, dict[str, bool]] = {
        "add": {"one new skill": skills == 1},
        "rewrite": {
            "one name": names == 1,
            f"as its field one of {', '.join(get_args(SkillField))}": of_skill,
        },
        "remove": {"one name": names == 1},
        "merge": {"two or more names": names > 1, "one new skill": skills == 1},
        "split": {"one name": names == 1, "two to four new skills": skills in (2, 3, 4)},
        "policy": {
            f"as its field one of {', '.join(get_args(PolicyField))}": draft.field
            in get_args(PolicyField),
            "a text": bool(draft.text),
        },
    }
    return next((what for what, given in needs[draft.kind].items() if not given), "")


def _only_kind(entries: Mapping[str, Any]) -> EditKind | None:
    """The kind that the other entries leave; None where there are several."""
    names, skills = (
        len(value) if isinstance(value := entries.get(key, ()), list | tuple) else 1
        for key in ("names", "skills")
    )
    if entries.get("field") in get_args(PolicyField) and "text" in entries:
        return "policy"
    if names == 1 and {"field", "text"} <= set(entries):
        return "rewrite"
    if skills == 1 and names != 1:
        return "merge" if names else "add"
    return "split" if skills > 1 and names == 1 else None


def typed_edit(draft: EditDraft, bank: Bank) -> Edit:
    """The edit that a draft means.

    Args:
        draft: What the model wrote.
        bank: The bank that it edits; a policy edit changes one of its numbers and keeps the others.

    Raises:
        EditError: A text is empty or a number out of range.
    """
    try:
        return _typed(draft, bank.policy.parameters)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise EditError(f"{draft.kind} {where}: {problem['msg']}") from error


def _typed(draft: EditDraft, numbers: PolicyParameters) -> Edit:
    names, reason = draft.names, draft.reason
    skills = tuple(skill.draft for skill in draft.skills)
    match draft.kind:
        case "add":
            return AddSkill(skill=skills[0], reason=reason)
        case "rewrite":
            told = {"field": draft.field, "text": draft.text, "reason": reason}
            return RewriteField.model_validate({"name": names[0], **told})
        case "remove":
            return RemoveSkill(name=names[0], reason=reason)
        case "merge":
            return MergeSkills(names=names, skill=skills[0], reason=reason)
        case "split":
            return SplitSkill(name=names[0], skills=skills, reason=reason)
        case "policy" if draft.field == "policy_text":
            return RewritePolicy(text=draft.text, reason=reason)
        case "policy":
            changed = {**numbers.model_dump(), draft.field: draft.text}
            return SetPolicy(parameters=PolicyParameters.model_validate(changed), reason=reason)
