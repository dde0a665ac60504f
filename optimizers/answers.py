"""The answers of models that a run remembers (`Runner.consult`), so that none is paid for twice."""

from esc_skills.signatures.edits import Edit
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.rollouts import Finding


class Findings(Frozen):
    """What the analyst found in one generation."""

    findings: tuple[Finding, ...] = ()


class Proposal(Frozen):
    """What the editor proposed in one generation."""

    edits: tuple[Edit, ...] = ()


class SafetyVerdict(Frozen):
    """What the judge said of one edit."""

    safe: bool
    concern: str = ""
