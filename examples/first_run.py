"""Evolve an agent that starts without any skill, and say what the sealed test found."""

import esc_skills as esc

seekers = esc.sample_profiles()
runner = esc.rehearsal_runner(budget=esc.Budget(calls=40_000))  # Runner(Models(...)): any model
search = esc.SkillEvolution(runner)
best = search.compile(esc.SupportAgent(), trainset=seekers[::2], testset=seekers[1::2])
assert search.result is not None
assert search.result.test is not None
test, gain = search.result.test, search.result.test.gain
before, after = test.before.score.mean, test.after.score.mean
print(f"no skills {before:.1f}, {len(best.bank.value.skills)} skills {after:.1f}")
print(f"gain {gain.mean:+.1f} points, 95% interval {gain.low:+.1f} to {gain.high:+.1f}")
best.save("program.json")
