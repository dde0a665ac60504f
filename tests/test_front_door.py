"""What `esc_skills` offers to others; a change of these lists changes the public interface."""

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import esc_skills
from esc_skills import Budget, ModelConfig, Models, rehearsal_runner, sample_profiles
from esc_skills.programs.models.roles import ROLES

PUBLIC = {
    "esc_skills": """
        Analysed Bank Budget ChallengeRule Decision Deployment Dialogue Duel EvolutionSettings
        Experiment Interval Journal Judge Ledger Measured ModelConfig Models Observer Profile
        Result Rollout Runner SealedTest Skill SkillEvolution Started Strategy SupportAgent
        UserError compare duel evaluate evolve export_run load_experiment mine read_bank
        read_profiles rehearsal_models rehearsal_runner sage_score sample_profiles""",
    "esc_skills.signatures": """
        AddSkill Bank Breach Conversation Edit EditError Exchange Finding InterventionUnit Language
        PolicyParameters Profile Rollout Said SeekerBehaviour SelectionPolicy Skill SkillDraft
        Spend Transcript Turn apply_edit describe""",
    "esc_skills.programs": """
        BankBuilder BankEditor Budget BudgetExhausted ChatMessage ChatReply Conduct
        Deployment Dialogue DialogueError IUExtractor Journal Ledger ModelConfig Models NoReply
        Pair ProfileWriter Replay Role RolePredict Runner SafetyReviewer Seeker SeekerSettings
        SilentListener SkillBank State SupportAgent TraceAnalyst check_bank check_edit
        check_reply check_rollout check_skill check_text read_conduct""",
    "esc_skills.metrics": """
        Case ChallengeRule Interval Judge Judgement Leaderboard MissingScore PairedEvidence
        Summary Surrogate feedback leaderboards sage_score said summarize""",
    "esc_skills.optimizers": """
        Alarm Analysed Decision Duel EvolutionSettings Measured Noticed Observer Result SealedTest
        SearchTask SkillEvolution Started Strategy Watcher duel""",
    "esc_skills.experiments": """
        Experiment FileReader Reader Reading RehearsalWorld UserError World WorldParameters
        audit_judges audit_profiles calibrate compare evaluate evolve export_run inspect_corpus
        load_experiment mine probe propose read_bank read_profiles rehearsal_models
        rehearsal_runner respond sample_profiles score split_profiles""",
}


@pytest.mark.parametrize("package", PUBLIC)
def test_a_package_exports_this_and_nothing_else(package: str):
    assert import_module(package).__all__ == PUBLIC[package].split()


@pytest.mark.parametrize("package", PUBLIC)
def test_every_public_class_and_function_says_what_it_is(package: str):
    module = import_module(package)
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.isclass(thing) or inspect.isroutine(thing):
            assert len(inspect.getdoc(thing) or "") >= 10, name


def test_importing_the_package_loads_no_library_behind_it():
    heavy = "dspy mlflow optuna numpy pydantic rich typer"
    code = f"import esc_skills, sys; sys.exit(any(n in sys.modules for n in {heavy!r}.split()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_version_is_that_of_the_installed_distribution():
    assert esc_skills.__version__[0].isdigit()


def test_an_unknown_name_is_refused_like_any_missing_attribute():
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = getattr(esc_skills, "Nonsense")  # noqa: B009


def test_one_configuration_serves_every_role():
    config = ModelConfig(model="openai/gpt-4.1-mini")
    assert Models(config).configs == dict.fromkeys(ROLES, config)


def test_a_role_without_a_model_is_named_at_once():
    with pytest.raises(ValueError, match=r"none for supporter, .*rehearsal_models"):
        Models()


def test_the_rehearsal_runner_plays_the_sample_seekers_within_its_budget():
    runner = rehearsal_runner(budget=Budget(rollouts=2))
    played = runner.play(esc_skills.SupportAgent(), [(p, 0) for p in sample_profiles()[:3]])
    assert [rollout.valid for rollout in played] == [True, True]


def test_every_command_has_its_place_in_the_help():
    from esc_skills.experiments.cli import app

    commands = (*app.registered_commands, *app.registered_groups)
    assert [c.name or c.callback for c in commands if not c.rich_help_panel] == []
