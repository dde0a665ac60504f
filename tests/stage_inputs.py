"""The prompt of every stage as it is sent, for reviewers.

`python tests/stage_inputs.py` writes the prompts to `tests/golden`.
"""

from pathlib import Path

import dspy

from esc_skills.experiments.work.canned_inputs import INPUTS
from esc_skills.programs.models.adapter import ChatAdapter, StructuredAdapter
from esc_skills.programs.models.prompts import stages
from esc_skills.signatures.demonstrations import demonstrations

GOLDEN = Path(__file__).with_name("golden")


def rendered(stage: type[dspy.Signature], adapter: dspy.Adapter) -> str:
    """The whole prompt of a stage, as a person can read it."""
    demos = [*demonstrations(stage.__name__)]
    messages = adapter.format(stage, demos, INPUTS[stage.__name__])
    return "\n\n".join(f"--- {m['role']} ---\n{m['content']}" for m in messages) + "\n"


def golden_texts() -> dict[str, str]:
    """File names and contents: every stage in the chat format, two also as JSON."""
    texts = {f"{stage.__name__}.txt": rendered(stage, ChatAdapter()) for stage in stages()}
    for stage in stages():
        if stage.__name__ in ("AppraiseReply", "SelectSkill"):
            texts[f"{stage.__name__}.json.txt"] = rendered(stage, StructuredAdapter())
    return texts


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, text in golden_texts().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
