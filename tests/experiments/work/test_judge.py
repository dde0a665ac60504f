"""Judges over many dialogues: run, summed up, and audited, offline against the rehearsal."""

import json
from pathlib import Path

import pytest
from command_line import esc
from dspy.lm15 import Request, Response
from fakes import CountingEngine, ScriptedEngine, prompt_of, text_response
from rich.console import Console

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.banks import read_bank
from esc_skills.experiments.files.judge_cases import cases_of, dialogues_of, judged_seekers, spread
from esc_skills.experiments.files.profiles import SAMPLE_DRAFTS, SAMPLE_PROFILES
from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.experiments.setup.config import Experiment
from esc_skills.experiments.setup.session import open_session
from esc_skills.experiments.show.judging import print_judges
from esc_skills.experiments.work.audit_judges import SAGE, audit
from esc_skills.experiments.work.judge import (
    judge_evaluation,
    judge_names,
    run_judge,
    summarize_judge,
)
from esc_skills.metrics.judges.judgement import Case
from esc_skills.metrics.judges.panel import JUDGES
from esc_skills.programs.models.failures import DialogueError
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.rollouts import Rollout
from esc_skills.signatures.skills import Bank


def runner(journal: Journal | None = None, threads: int = 2) -> Runner:
    models = Models(engines={"rehearsal": RehearsalEngine()})
    return Runner(models, threads=threads, journal=journal)


@pytest.fixture(scope="module")
def played(profiles: list[Profile]) -> list[Rollout]:
    """Dialogues of a poor and of no bank, one seeker after the other."""
    pairs = [(profile, 0) for profile in profiles[:12]]
    banks = (Bank(), read_bank(SAMPLE_DRAFTS))
    both = [runner().play(SupportAgent(bank), pairs) for bank in banks]
    return [rollout for pair in zip(*both, strict=True) for rollout in pair]


@pytest.fixture
def cases(played: list[Rollout], profiles: list[Profile]) -> list[Case]:
    return cases_of(played, profiles)


def test_judges_are_named_by_the_user():
    assert judge_names("all") == tuple(JUDGES)
    assert judge_names("empathy, support,empathy") == ("empathy", "support")
    assert judge_names(None) == ()
    with pytest.raises(UserError, match="Did you mean 'empathy'"):
        judge_names("empaty")
    with pytest.raises(UserError, match="Judges: relationship"):
        judge_names("zzz")


def test_the_option_names_the_judges_that_there_are():
    from typing import get_args

    from esc_skills.experiments.commands.options import Judges

    text = get_args(Judges)[1].help
    assert all(name in text for name in JUDGES)


def test_the_result_does_not_depend_on_the_number_of_threads(cases: list[Case]):
    judge = JUDGES["support"]()
    one, many = (run_judge(runner(threads=n), judge, cases) for n in (1, 6))
    assert one == many
    assert len(one.given) == len(cases)


def test_another_round_is_another_sample(cases: list[Case]):
    judge, running = JUDGES["support"](), runner()
    assert run_judge(running, judge, cases) == run_judge(running, judge, cases)
    assert run_judge(running, judge, cases) != run_judge(running, judge, cases, repeat=1)


def test_what_was_answered_is_not_asked_again(tmp_path: Path, cases: list[Case]):
    first = run_judge(runner(Journal(tmp_path / "j")), JUDGES["empathy"](), cases)
    engine = CountingEngine()
    again = Runner(Models(engines={"rehearsal": engine}), journal=Journal(tmp_path / "j"))
    assert run_judge(again, JUDGES["empathy"](), cases) == first
    assert engine.requests == []


class Broken(RehearsalEngine):
    """Gives no readable answer about one seeker."""

    def complete(self, request: Request) -> Response:
        if "Twenty minutes on parking" in prompt_of(request):
            return text_response(request, "hm")
        return super().complete(request)


def test_a_failed_judgement_is_missing_data_and_no_grade(cases: list[Case]):
    judge = JUDGES["relationship"]()
    found = run_judge(Runner(Models(engines={"rehearsal": Broken()}), threads=2), judge, cases)
    assert len(found.errors) == 2
    assert len(found.given) == len(cases) - 2
    summary = summarize_judge(judge, "m", found)
    assert (summary.judged, summary.failed) == (len(cases) - 2, 2)
    assert "RateRelationship" in summary.error


def test_a_summary_has_a_mean_with_its_interval_for_each_dimension(cases: list[Case]):
    judge = JUDGES["support"]()
    summary = summarize_judge(judge, "m", run_judge(runner(), judge, cases))
    assert set(summary.scores) >= {"fluency", "overall"}
    assert all(0 <= i.low <= i.mean <= i.high <= 4 for i in summary.scores.values())
    assert summary.overall is not None
    assert 0 < summary.overall.low < summary.overall.high < 100
    assert summary.grounded == 1


def test_a_judge_without_any_answer_has_no_mean(cases: list[Case]):
    judge = JUDGES["persona"]()
    nobody = [case.model_copy(update={"profile": None}) for case in cases]
    summary = summarize_judge(judge, "m", run_judge(runner(), judge, nobody))
    assert (summary.overall, summary.judged, summary.grounded) == (None, 0, None)


def test_an_evaluation_is_compared_with_a_supporter_without_skills(profiles: list[Profile]):
    pairs = [(profile, replicate) for profile in profiles[:12] for replicate in range(3)]
    running, agent = runner(), SupportAgent(read_bank(SAMPLE_DRAFTS))
    rollouts = running.play(agent, pairs, turns=10)
    (summary,) = judge_evaluation(running, ["preference"], agent, pairs, rollouts, 10)
    assert summary.judged == 36
    assert summary.overall is not None
    assert summary.overall.mean < 50  # the drafts harm


def test_without_skills_there_is_nothing_to_prefer(profiles: list[Profile]):
    pairs = [(profiles[0], 0)]
    running = runner()
    rollouts = running.play(SupportAgent(), pairs)
    found = judge_evaluation(running, ["preference"], SupportAgent(), pairs, rollouts, 10)
    console = Console(record=True, width=120)
    print_judges(console, found)
    assert found[0].judged == 0
    assert "preference graded nothing: it needs a bank" in console.export_text()


def test_rehearsed_judges_agree_with_the_score_as_far_as_a_reader_can(cases: list[Case]):
    found = audit(runner(), ("relationship", "support"), cases)
    for name in ("relationship", "support"):
        agreement = found.agreement[SAGE][name]
        assert agreement is not None
        assert 0.05 < agreement.mean < 0.95


def test_an_audit_says_how_far_each_judge_can_be_trusted(cases: list[Case]):
    found = audit(runner(), tuple(JUDGES), cases)
    assert found.dialogues == 24
    assert found.seekers == 12
    assert [row.judge for row in found.judges] == list(JUDGES)
    for row in found.judges:
        assert row.retest is not None
        assert row.retest.mean < 1
        assert row.failed == 0
        assert row.judged == (12 if row.judge == "preference" else 24)
        assert (row.order is not None) == (row.judge == "preference")
    assert set(found.agreement) == {SAGE, *JUDGES}
    assert found.agreement[SAGE]["support"] == found.agreement["support"][SAGE]


def test_an_audit_finds_a_judge_that_likes_what_comes_first(cases: list[Case]):
    class Partial(RehearsalEngine):
        def complete(self, request: Request) -> Response:
            winner = json.dumps({"quote": "", "winner": "first"})
            stages = ("exploration", "insight", "action")
            parts = [f"[[ ## {stage} ## ]]\n{winner}" for stage in stages]
            return text_response(request, "\n\n".join([*parts, "[[ ## completed ## ]]"]))

    partial = Runner(Models(engines={"rehearsal": Partial()}), threads=2)
    (row,) = audit(partial, ("preference",), cases).judges
    assert row.order is not None
    assert row.order.first is not None
    assert row.order.first.low > 0.9
    assert row.order.consistent.mean == 0
    assert row.retest is None  # it always says 'undecided', which shows no agreement


def test_an_audit_with_a_model_that_cannot_judge_stops_with_its_words(cases: list[Case]):
    engine = ScriptedEngine(lambda request: "I love it")
    with pytest.raises(DialogueError, match="I love it"):
        audit(Runner(Models(engines={"rehearsal": engine})), ("support",), cases[:4])


def test_a_judge_has_the_same_luck_with_every_bank(cases: list[Case]):
    twins = [case.rollout.model_copy(update={"bank": bank}) for case in cases for bank in "ab"]
    found = run_judge(runner(), JUDGES["support"](), [Case(rollout=twin) for twin in twins])
    scores = [judgement.scores for judgement in found.given]
    assert scores[::2] == scores[1::2]


def test_each_dialogue_is_compared_at_most_once(cases: list[Case], played: list[Rollout]):
    compared = [(case.rollout, case.other) for case in cases if case.other]
    assert compared == list(zip(played[::2], played[1::2], strict=True))
    assert all(case.profile for case in cases)


def test_a_sample_is_spread_over_the_seekers_in_pairs(played: list[Rollout]):
    many = [r.model_copy(update={"replicate": n}) for n in range(3) for r in played]
    chosen = spread(many, 24)
    assert len(chosen) == 24
    assert len({rollout.profile for rollout in chosen}) == 12
    assert spread(played, 1000) == sorted(spread(played, 1000), key=lambda r: r.profile)


def lines(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def test_dialogues_are_read_from_a_file_of_rollouts(tmp_path: Path, played: list[Rollout]):
    cut = played[0].model_copy(update={"ending": "stopped"})
    path = lines(tmp_path / "r.jsonl", *(r.model_dump(mode="json") for r in (*played, cut)))
    assert len(dialogues_of(path, 1000)) == len(played)


@pytest.mark.parametrize(
    ("record", "why"), [({"a": 1}, "line 1: must be a rollout"), ([], "line 1: must be a rollout")]
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, record: object, why: str):
    with pytest.raises(UserError, match=why):
        dialogues_of(lines(tmp_path / "r.jsonl", record), 40)


def test_too_few_dialogues_are_refused(tmp_path: Path, played: list[Rollout]):
    with pytest.raises(UserError, match="4 whole dialogues, but has 1"):
        dialogues_of(lines(tmp_path / "r.jsonl", played[0].model_dump(mode="json")), 40)
    with pytest.raises(UserError, match="does not exist"):
        dialogues_of(tmp_path, 40)


def test_a_run_directory_gives_its_dialogues_and_profiles(tmp_path: Path, played: list[Rollout]):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.put("other", {"answer": {}})
    for number, rollout in enumerate(played):
        journal.put(str(number), {"rollout": rollout.model_dump(mode="json")})
    (tmp_path / "run.json").write_text(json.dumps({"format": 1, "config": {"profiles": []}}))
    assert len(dialogues_of(tmp_path, 1000)) == len(played)
    assert len(judged_seekers(tmp_path, ())) == 24


def test_a_damaged_memory_is_the_users_error(tmp_path: Path):
    (tmp_path / "judges.jsonl").write_text("oops\n")
    with open_session(Experiment()) as session, pytest.raises(UserError, match="must be a record"):
        session.runner(tmp_path / "judges.jsonl")


def test_evaluate_and_audit_work_from_the_command_line(tmp_path: Path):
    evaluated = esc(
        "evaluate", "--limit", 4, "--judges", "support,persona", "--out", "r.jsonl", cwd=tmp_path
    )
    assert evaluated.returncode == 0, evaluated.stderr
    assert "Judges, model rehearsal" in evaluated.stdout
    assert all(word in evaluated.stdout for word in ("skillful", "kept", "0 to 4"))
    audited = esc("judges", "audit", "r.jsonl", "--judges", "support", "--json", cwd=tmp_path)
    assert audited.returncode == 0, audited.stderr
    found = json.loads(audited.stdout)
    assert found["dialogues"] == 4
    assert found["judges"][0]["judge"] == "support"
    assert (tmp_path / "r.judges.jsonl").exists()
    profile = SAMPLE_PROFILES.read_text(encoding="utf-8").splitlines()[-1]
    (tmp_path / "other.jsonl").write_text(profile, encoding="utf-8")
    others = ("--judges", "persona", "--profiles", "other.jsonl")
    strangers = esc("judges", "audit", "r.jsonl", *others, cwd=tmp_path)
    assert "persona graded nothing: no seeker's profile is known" in strangers.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["evaluate", "--judges", "suport"], "Did you mean 'support'"),
        (["evaluate", "--judges", ""], "--judges must name judges, but is empty"),
        (["judges", "audit", "gone.jsonl"], "does not exist"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(tmp_path: Path, arguments: list[str], word: str):
    result = esc(*arguments, cwd=tmp_path)
    assert result.returncode == 2
    assert word in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
