"""What every judge must do."""

import pytest

from esc_skills.metrics.judges.asking import run_judge
from esc_skills.metrics.judges.judgement import Case, Judge, Judgement
from esc_skills.metrics.judges.panel import JUDGES
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.programs.runner import Runner
from esc_skills.signatures.skills import Bank

from .rehearsed import ListeningEngine, SilentEngine, dialogues, models, seekers


class JudgeContract:
    """A judge is repeatable, keeps to its scale, sees nothing private, and fails as missing data.

    Attributes:
        plugin: The class of the judge.
    """

    plugin: type[Judge]

    @pytest.fixture(scope="class")
    def cases(self) -> list[Case]:
        """Dialogues with a bank, each beside one without, and the seekers' profiles."""
        with_bank, without = dialogues(4, turns=4), dialogues(4, bank=Bank(), turns=4)
        return [
            Case(rollout=rollout, other=other, profile=profile)
            for rollout, other, profile in zip(with_bank, without, seekers(), strict=False)
        ]

    def judged(self, case: Case, engine: object | None = None, seed: int = 0) -> Judgement:
        """The judgement of one case."""
        with models(engine).active(), seed_scope(seed):
            return self.plugin()(case=case).judgement

    def test_it_says_who_it_is(self) -> None:
        """A name of its own, a scale that rises, and a price."""
        low, high = self.plugin.scale
        assert low < high
        assert self.plugin.calls >= 1
        named = JUDGES[self.plugin.name] if self.plugin.name in list(JUDGES) else self.plugin
        assert named is self.plugin, f"there is another judge named {self.plugin.name!r}"

    def test_grades_lie_on_its_scale(self, cases: list[Case]) -> None:
        """Every dimension, and the overall grade on 0..100."""
        low, high = self.plugin.scale
        for case in cases:
            found = self.judged(case)
            assert found.judge == self.plugin.name
            assert found.scores
            assert all(low <= value <= high for value in found.scores.values())
            assert 0 <= self.plugin().overall(found) <= 100

    def test_equal_seeds_give_equal_judgements(self, cases: list[Case]) -> None:
        """Nothing but prompt and seed decides."""
        assert self.judged(cases[0], seed=1) == self.judged(cases[0], seed=1)

    def test_threads_do_not_change_the_result(self, cases: list[Case]) -> None:
        """One thread and several give the same judgements in the same order."""
        runners = [Runner(models(), threads=threads) for threads in (1, 4)]
        one, several = (run_judge(runner, self.plugin(), cases) for runner in runners)
        assert one == several
        assert not one.errors

    def test_it_sees_nothing_private(self, cases: list[Case]) -> None:
        """No name of a skill or a bank, and no hidden intention stands in its prompts."""
        case = cases[0]
        engine = ListeningEngine()
        self.judged(case, engine)
        assert len(engine.prompts) <= self.plugin.calls
        private = [case.rollout.bank, *(e.skill for e in case.rollout.exchanges if e.skill)]
        if case.profile is not None:
            private.append(case.profile.hidden_intention)
        for prompt in engine.prompts:
            assert not [words for words in private if words in prompt]

    def test_an_unreadable_answer_is_missing_data(self, cases: list[Case]) -> None:
        """No grade is made up."""
        with pytest.raises(DialogueError):
            self.judged(cases[0], SilentEngine())
