"""Evolve an agent that starts without any skill, and say what the sealed test found."""

from esc_skills import Budget, SkillEvolution, SupportAgent, rehearsal_runner, sample_profiles

seekers = sample_profiles()
search = SkillEvolution(rehearsal_runner(budget=Budget(calls=15_000)))
best = search.compile(SupportAgent(), trainset=seekers[::2], testset=seekers[1::2])

assert search.result is not None
assert search.result.test is not None
before, after, gain = (getattr(search.result.test, name) for name in ("before", "after", "gain"))
print(f"no skills: {before.score.mean:.1f} points")
print(f"{len(best.bank.value.skills)} skills: {after.score.mean:.1f} points")
print(f"gain {gain.mean:+.1f}, 95% interval {gain.low:+.1f} to {gain.high:+.1f}")
best.save("program.json")
