"""Evolve with a real model: `python own_model.py openai/gpt-4.1-mini [API_BASE]`.

The key is read from the provider's own variable, such as OPENAI_API_KEY. The budget is small: this
shows that the model works, not what it can gain.
"""

import sys
from pathlib import Path

from esc_skills import (
    Budget,
    EvolutionSettings,
    Journal,
    Ledger,
    ModelConfig,
    Models,
    Runner,
    SkillEvolution,
    SupportAgent,
    sample_profiles,
)

name, api_base = [*sys.argv[1:], None][:2]
models = Models(ModelConfig(model=str(name), api_base=api_base), ledger=Ledger(Budget(calls=600)))
runner = Runner(models, journal=Journal(Path("own_model.jsonl")))  # the same command resumes
seekers = sample_profiles()
search = SkillEvolution(runner, EvolutionSettings(test_replicates=1, watch=None))
search.compile(SupportAgent(), trainset=seekers[:6], testset=seekers[6:8])
assert search.result is not None
print(search.result.stopped)
print(search.result.test and search.result.test.gain)
