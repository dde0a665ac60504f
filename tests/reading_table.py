"""What becomes of the answers of `answer_cases`, with this checkout or an older one."""

import importlib
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from dspy.utils.exceptions import AdapterParseError

MODULES = ("support", "seeking", "reflection", "mining", "judging", "safety", "strategies",
           "profile_writing", "rewriting")  # fmt: skip
OFFERED = ("see-the-effort", "make-room")


def signature_of(stage: str) -> Any:
    for name in MODULES:
        module = importlib.import_module(f"esc_skills.signatures.{name}")
        if hasattr(module, stage):
            return _asked(getattr(module, stage))
    raise LookupError(stage)


def _asked(signature: Any) -> Any:
    """The stage with the terms of emotional support."""
    try:
        from esc_skills.programs.domains.reading import default_domain
    except ImportError:  # an older checkout has them in the stage
        return signature
    return default_domain().stage(signature)


def adapters() -> tuple[Any, Any]:
    try:
        from esc_skills.programs.models.adapter import ChatAdapter, StructuredAdapter
    except ModuleNotFoundError:
        module = importlib.import_module("esc_skills.programs.adapter")
        return module.ChatAdapter(), module.StructuredAdapter()
    return ChatAdapter(), StructuredAdapter()


def chosen(said: str) -> str:
    """What a supporter does with a choice: a name on offer, `none`, or refused."""
    try:
        from esc_skills.programs.support.support_agent import skill_named
    except ImportError:  # an older checkout compares the stripped text
        wanted = said.strip().strip("`'\"").lower()
        return wanted if wanted in OFFERED else "none"
    return skill_named(said, OFFERED) or "refused"


def outcome(case: Any) -> tuple[str, Any]:
    """(`right`, `wrong` or `refused`, what was read or the fault) of one case."""
    adapter = adapters()[case.structured]
    try:
        read = case.of(adapter.parse(signature_of(case.stage), case.answer))
    except AdapterParseError as error:
        return "refused", getattr(error, "fault", None) or str(error)
    if case.stage == "SelectSkill":
        read = chosen(read)
        if read == "refused":
            return "refused", "it is not on offer"
    return ("right" if read == case.expected else "wrong"), read


def print_table(cases: Sequence[Any]) -> None:
    rows: Counter[tuple[str, str]] = Counter()
    for case in cases:
        kind, read = outcome(case)
        if kind == "refused":
            kind = "refused rightly" if case.expected == "refused" else "refused in vain"
        rows[case.stage, kind] += 1
        shown = " ".join(str(read).split())[:90]
        sys.stdout.write(f"{kind:16s} | {case.stage:16s} | {case.form:44s} | {shown}\n")
    kinds = ("right", "refused rightly", "refused in vain", "wrong")
    lines = [f"\n{'stage':18s}" + "".join(f"{kind:>17s}" for kind in kinds)]
    for stage in dict.fromkeys(case.stage for case in cases):
        lines.append(f"{stage:18s}" + "".join(f"{rows[stage, kind]:17d}" for kind in kinds))
    total = {kind: sum(n for (_, k), n in rows.items() if k == kind) for kind in kinds}
    name = f"all {len(cases)}"
    lines.append(f"{name:18s}" + "".join(f"{total[kind]:17d}" for kind in kinds))
    sys.stdout.write("\n".join(lines) + "\n")
