"""A bank as named texts and back: what optimizers that only know instructions can work on.

One text for each skill, one for the policy, and one for skills that the bank does not have yet, so
that an optimizer that cannot add texts can still add skills. Whatever a model makes of a text gives
a valid bank: what cannot be read is left as it was, and an emptied skill is taken out.
"""

import re
from collections.abc import Mapping

from esc_skills.signatures.edits import AddSkill, Edit, RemoveSkill, RewriteField, RewritePolicy
from esc_skills.signatures.skills import Bank, Provenance, SelectionPolicy, Skill

POLICY = "policy"
FURTHER = "further-skills"
SKILL_KIND = (
    "A skill that the supporter may use in a turn, as labelled lines: When to use, When not to "
    "use, Expected outcome, Risks, Guidance. Keep the labels. An empty text takes the skill out."
)
POLICY_KIND = "The policy by which a skill, or none, is chosen at each turn; plain text."
FURTHER_KIND = (
    "Skills that the bank lacks, each under a heading `## short-name`, then the labelled lines "
    "When to use, When not to use, Expected outcome, Risks, Guidance."
)
NO_FURTHER = f"None yet. ({FURTHER_KIND})"
TEXT_LIMIT = 2000
"""Characters of a field at most (`SkillText`)."""

_LABELS = {
    "when_to_use": "When to use",
    "when_not_to_use": "When not to use",
    "expected_outcome": "Expected outcome",
    "risks": "Risks",
    "guidance": "Guidance",  # last, so that what an optimizer appends is guidance
}
_FIELD_OF = {label.lower(): field for field, label in _LABELS.items()}
_LABEL = re.compile(
    rf"^[#*\-\s]*({'|'.join(_LABELS.values())})\**\s*:[ *]*", re.IGNORECASE | re.MULTILINE
)
_HEADING = re.compile(r"^##\s+(.+)$", re.MULTILINE)


def texts_of(bank: Bank) -> dict[str, str]:
    """The texts of a bank by component: `policy`, each skill's name, and `further-skills`."""
    skills = {_component(skill.name): render(skill) for skill in bank.skills}
    return {POLICY: bank.policy.text, **skills, FURTHER: NO_FURTHER}


def kind_of(component: str) -> str:
    """What a component is, and its format, in words for a model."""
    return {POLICY: POLICY_KIND, FURTHER: FURTHER_KIND}.get(component, SKILL_KIND)


def bank_of(texts: Mapping[str, str], first: Bank) -> Bank:
    """The bank that the texts describe.

    Args:
        texts: By component, as `texts_of(first)` names them.
        first: Where everything comes from that the texts do not say.
    """
    skills = [
        parse(texts[_component(skill.name)], skill)
        for skill in first.skills
        if texts[_component(skill.name)].strip()
    ]
    skills += _further(texts[FURTHER], {skill.name for skill in first.skills})
    policy = texts[POLICY].strip()[:TEXT_LIMIT] or first.policy.text
    parameters = first.policy.parameters
    return Bank(skills=tuple(skills), policy=SelectionPolicy(text=policy, parameters=parameters))


def render(skill: Skill) -> str:
    """A skill as labelled lines."""
    return "\n".join(f"{label}: {getattr(skill, field)}" for field, label in _LABELS.items())


def parse(text: str, skill: Skill) -> Skill:
    """The skill with the fields that the text labels; a text without labels is all guidance."""
    fields = {name: value for name, value in _fields(text).items() if value or name not in _NEEDED}
    return Skill.model_validate({**skill.model_dump(), **fields})


def changes(parent: Bank, candidate: Bank) -> tuple[Edit, ...]:
    """The edits that lead from one bank to the other, examples and order apart."""
    edits: list[Edit] = [
        RemoveSkill(name=name) for name in parent.names if candidate.get(name) is None
    ]
    for skill in candidate.skills:
        old = parent.get(skill.name)
        if old is None:
            edits.append(AddSkill.model_validate({"skill": skill.model_dump(exclude=_PROVENANCE)}))
            continue
        for field in _LABELS:
            text = getattr(skill, field)
            if text != getattr(old, field):
                entry = {"name": skill.name, "field": field, "text": text}
                edits.append(RewriteField.model_validate(entry))
    if candidate.policy.text != parent.policy.text:
        edits.append(RewritePolicy(text=candidate.policy.text))
    return tuple(edits)


_NEEDED = frozenset({"when_to_use", "guidance"})
_PROVENANCE = {"provenance"}


def _component(name: str) -> str:
    """The component of a skill; the prefix keeps it apart from the other two."""
    return f"skill: {name}"


def _fields(text: str) -> dict[str, str]:
    """Labelled fields; text before the first label counts as guidance."""
    start, *parts = _LABEL.split(text)
    fields = {
        _FIELD_OF[label.lower()]: value.strip()[:TEXT_LIMIT].strip()
        for label, value in zip(parts[::2], parts[1::2], strict=True)
    }
    if start.strip():
        guidance = f"{start.strip()}\n{fields.get('guidance', '')}"
        fields["guidance"] = guidance.strip()[:TEXT_LIMIT].strip()
    return fields


def _further(text: str, taken: set[str]) -> list[Skill]:
    """The skills under `## name` headings that say when and how; others are dropped."""
    _, *parts = _HEADING.split(text)
    found: list[Skill] = []
    for heading, body in zip(parts[::2], parts[1::2], strict=True):
        fields = _fields(body)
        name = re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")[:64].strip("-")
        if name and name not in taken and all(fields.get(field) for field in _NEEDED):
            taken.add(name)
            provenance = Provenance(origin="evolved")
            found.append(Skill.model_validate({"name": name, "provenance": provenance, **fields}))
    return found
