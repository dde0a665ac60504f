"""Mine a bank from conversations, evolve it, and export the result for deployment."""

from pathlib import Path

from esc_skills import Budget, Experiment, evolve, export_run, mine
from esc_skills.experiments.files.profiles import SAMPLE_CORPUS

here = Path("runs")
experiment = Experiment(budget=Budget(calls=8_000), threads=2, tracking="none")

mined = mine([SAMPLE_CORPUS], experiment, here / "mined")
print(f"mined {len(mined.bank.skills)} skills from {mined.units} Intervention Units")

result = evolve(
    experiment.model_copy(update={"bank": here / "mined" / "bank.json"}), here / "evolved"
)
test = result.test
assert test is not None
assert test.no_bank is not None
levels = {"no bank": test.no_bank.level, "mined bank": test.before, "evolved bank": test.after}
for name, level in levels.items():
    print(f"{name}: {level.score.mean:.1f} points [{level.score.low:.1f}, {level.score.high:.1f}]")

export_run(here / "evolved", here / "export")
print(f"exported to {here / 'export'}: esc-skills chat {here / 'export'}")
