"""Skills as Agent Skills folders (`NAME/SKILL.md`), for people and for other agents."""

from pathlib import Path

import yaml

from esc_skills.signatures.skills import Bank, Skill

DESCRIPTION_LENGTH = 1024
USE_WHEN = "Use when: "
"""Stands before the occasion in the description of a skill."""


def skill_markdown(skill: Skill) -> str:
    """The `SKILL.md` of a skill: front matter of the Agent Skills format, then its texts."""
    origin = skill.provenance
    description = f"{skill.guidance.split('. ')[0].rstrip('.')}. {USE_WHEN}{skill.when_to_use}"
    front = {
        "name": skill.name,
        "description": " ".join(description.split())[:DESCRIPTION_LENGTH],
        "license": "MIT",
        "metadata": {
            "origin": origin.origin,
            "good-outcomes": str(origin.good),
            "bad-outcomes": str(origin.bad),
            "parents": ", ".join(origin.parents) or "none",
        },
    }
    sections = {
        "When to use": skill.when_to_use,
        "Guidance": skill.guidance,
        "Examples": "\n".join(f"- {line}" for line in skill.examples),
        "Expected outcome": skill.expected_outcome,
        "Risks": skill.risks,
        "When not to use": skill.when_not_to_use,
    }
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items() if text)
    header = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{header}---\n\n# {skill.name}\n\n{body}\n"


def bank_markdown(bank: Bank) -> str:
    """A whole bank as one readable document."""
    rule = bank.policy.parameters.model_dump()
    lines = [
        f"# Bank {bank.identity}",
        "",
        f"**Policy.** {bank.policy.text}",
        "",
        ", ".join(f"{name} {value}" for name, value in rule.items()),
    ]
    for skill in bank.skills:
        lines += ["", f"## {skill.name}", ""]
        lines += [
            f"- **{field.replace('_', ' ')}**: {text}"
            for field, text in skill.texts.items()
            if text
        ]
    return "\n".join(lines) + "\n"


def write_skill_folders(bank: Bank, directory: Path) -> None:
    """One folder with a `SKILL.md` for each skill."""
    for skill in bank.skills:
        folder = directory / skill.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "SKILL.md").write_text(skill_markdown(skill), encoding="utf-8")
