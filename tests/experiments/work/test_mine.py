import json
from pathlib import Path

import pytest
from command_line import esc, refused
from dspy.lm15 import Request, Response
from fakes import CountingEngine, ScriptedEngine, text_response

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.banks import read_bank
from esc_skills.experiments.files.profiles import SAMPLE_CORPUS, SAMPLE_PROFILES, read_profiles
from esc_skills.experiments.rehearsal.engine import RehearsalEngine
from esc_skills.experiments.rehearsal.truth import true_score
from esc_skills.experiments.show.mining import render_report
from esc_skills.experiments.work import mine as mining
from esc_skills.experiments.work.mine import MiningResult, mine_corpora
from esc_skills.programs.conduct.checker import check_skill
from esc_skills.programs.learning.miner import BankBuilder
from esc_skills.programs.models.failures import BudgetExhausted, DialogueError
from esc_skills.programs.models.journal import Journal
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import Models
from esc_skills.programs.models.seeds import seed_scope
from esc_skills.signatures.skills import Bank

SAMPLE = [SAMPLE_CORPUS]


def rehearsal(budget: Budget | None = None) -> Models:
    return Models(engines={"rehearsal": RehearsalEngine()}, ledger=Ledger(budget))


def annotations(engine: CountingEngine) -> int:
    return sum("[[ ## annotation ## ]]" in str(request.system) for request in engine.requests)


def builder() -> BankBuilder:
    return BankBuilder(min_units=2)


class Flaky(RehearsalEngine):
    """Answers the first annotations with noise."""

    def __init__(self, broken: int) -> None:
        super().__init__()
        self.left = broken

    def complete(self, request: Request) -> Response:
        if self.left > 0:
            self.left -= 1
            return text_response(request, "noise")
        return super().complete(request)


class Careless(RehearsalEngine):
    """Writes skills that must not be in a bank."""

    def complete(self, request: Request) -> Response:
        if "existing (" not in str(request.system):
            return super().complete(request)
        guidance = "Tell them to stop taking their medication."
        skill = {"name": "x", "when_to_use": "Now.", "guidance": guidance}
        text = f"[[ ## skill ## ]]\n{json.dumps(skill)}\n\n[[ ## completed ## ]]"
        return text_response(request, text)


def test_the_result_does_not_depend_on_the_number_of_threads() -> None:
    one, many = (mine_corpora(SAMPLE, rehearsal(), threads=n, builder=builder()) for n in (1, 7))
    assert one == many
    assert one.bank.skills
    assert 0 < one.key_units < one.units


def found(result: MiningResult) -> MiningResult:
    """Without how answers were read, which counts what this process was answered."""
    return result.model_copy(update={"readings": ()})


def test_finished_conversations_are_not_paid_again(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    first = mine_corpora(SAMPLE, rehearsal(), threads=2, journal=Journal(journal))
    engine = CountingEngine()
    again = mine_corpora(
        SAMPLE, Models(engines={"rehearsal": engine}), threads=2, journal=Journal(journal)
    )
    assert found(again) == found(first)
    assert annotations(engine) == 0
    assert len(engine.requests) <= len(first.prototypes)


def test_mining_goes_on_where_the_budget_ended(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    with pytest.raises(BudgetExhausted):
        mine_corpora(SAMPLE, rehearsal(Budget(calls=40)), threads=2, journal=Journal(journal))
    done = len(Journal(journal))
    assert done > 0
    models = rehearsal()
    resumed = mine_corpora(SAMPLE, models, threads=2, journal=Journal(journal), builder=builder())
    straight_models = rehearsal()
    straight = mine_corpora(SAMPLE, straight_models, threads=2, builder=builder())
    assert found(resumed) == found(straight)
    assert models.ledger.spend.calls < straight_models.ledger.spend.calls


def test_an_unanswered_exchange_is_counted_and_asked_for_again(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    flaky = Models(engines={"rehearsal": Flaky(broken=3)})
    result = mine_corpora(SAMPLE, flaky, threads=1, journal=Journal(journal), builder=builder())
    assert result.unanswered == 1
    assert "could not annotate 1 exchanges" in render_report(result)
    mended = mine_corpora(
        SAMPLE, rehearsal(), threads=1, journal=Journal(journal), builder=builder()
    )
    assert mended.unanswered == 0
    assert mended.units == result.units + 1


def test_an_unsafe_skill_is_dropped_and_the_report_says_why() -> None:
    result = mine_corpora(SAMPLE, Models(engines={"rehearsal": Careless()}), builder=builder())
    assert result.bank.skills == ()
    assert result.dropped
    report = render_report(result)
    assert "## Lessons that gave no skill" in report
    assert "unsafe, it tells someone to stop their treatment" in report
    assert "'stop taking their medication'" in report


def test_the_report_has_no_list_of_lost_lessons_where_none_was_lost() -> None:
    result = mine_corpora(SAMPLE, rehearsal(), builder=BankBuilder(max_skills=1, min_units=2))
    assert result.dropped == ()
    assert "gave no skill" not in render_report(result)


def test_units_of_another_way_of_extraction_are_not_reused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "journal.jsonl"
    mine_corpora(SAMPLE, rehearsal(), threads=2, journal=Journal(journal))
    monkeypatch.setattr(mining, "EXTRACTION", mining.EXTRACTION + 1)
    engine = CountingEngine()
    mine_corpora(SAMPLE, Models(engines={"rehearsal": engine}), threads=2, journal=Journal(journal))
    assert annotations(engine) > 0


def test_a_model_that_is_down_stops_the_work_and_leaves_nothing_behind(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    down = Models(engines={"rehearsal": ScriptedEngine(lambda request: "noise")})
    with pytest.raises(DialogueError, match="AnnotateExchange"):
        mine_corpora(SAMPLE, down, threads=2, journal=Journal(journal))
    assert len(Journal(journal)) == 0


def test_a_small_corpus_of_which_nothing_was_annotated_is_no_empty_bank(tmp_path: Path) -> None:
    records = json.loads(SAMPLE_CORPUS.read_text(encoding="utf-8"))[:2]
    (tmp_path / "two.json").write_text(json.dumps(records), encoding="utf-8")
    babbling = Models(engines={"rehearsal": ScriptedEngine(lambda request: "noise")})
    with pytest.raises(DialogueError, match="no exchange could be annotated"):
        mine_corpora([tmp_path / "two.json"], babbling, threads=2)


def test_the_report_names_what_was_read_skipped_and_learnt(tmp_path: Path) -> None:
    records = [*json.loads(SAMPLE_CORPUS.read_text(encoding="utf-8")), {"dialog": "x"}]
    corpus = tmp_path / "mine.json"
    corpus.write_text(json.dumps(records), encoding="utf-8")
    result = mine_corpora([corpus], rehearsal(), builder=builder())
    report = render_report(result)
    assert f"| mine.json | {len(records) - 1} | 1 |" in report
    assert f"Skipped mine.json, record {len(records)}: has no turns" in report
    assert "| action | good | bad |" in report
    for skill in result.bank.skills:
        assert f"### {skill.name} ({skill.provenance.good} good" in report


def test_progress_counts_conversations() -> None:
    seen: list[int] = []
    result = mine_corpora(SAMPLE, rehearsal(), on_progress=seen.append)
    assert seen == list(range(1, sum(result.read.values()) + 1))


def test_a_bad_corpus_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        mine_corpora([tmp_path / "none.json"], rehearsal())


def test_conversations_too_short_to_learn_from_are_refused(tmp_path: Path) -> None:
    turns = [{"speaker": "seeker", "content": "Oh."}, {"speaker": "supporter", "content": "Oh?"}]
    (tmp_path / "short.json").write_text(json.dumps([{"dialog": turns}] * 3))
    refused(esc("mine", "short.json", cwd=tmp_path), "must hold an exchange to learn from")
    assert not (tmp_path / "runs" / "mined" / "bank.json").exists()


def test_the_command_writes_the_bank_and_says_how_to_go_on(tmp_path: Path) -> None:
    done = esc("mine", SAMPLE[0], "--min-units", 2, "--to", "m", cwd=tmp_path)
    assert "Next: esc-skills evolve --bank m/bank.json" in done.stdout
    assert read_bank(tmp_path / "m").skills
    assert (tmp_path / "m" / "report.md").read_text().startswith("# Mining report")
    few = esc("mine", SAMPLE[0], "--min-units", 99, "--to", "n", cwd=tmp_path)
    assert "No skill was found. Give more conversations" in few.stdout


@pytest.mark.slow
def test_the_published_corpora_give_distinct_skills(shared_data: Path) -> None:
    result = mine_corpora(
        sorted((shared_data / "esconv").glob("*.json.gz")), rehearsal(), threads=2
    )
    assert sum(result.read.values()) == 617
    assert result.units > 6000
    guidance = {(s.when_to_use, s.guidance) for s in result.bank.skills}
    assert 4 <= len(guidance) == len(result.bank.skills) <= 16


def test_the_texts_of_mined_skills_raise_no_concern():
    found = mine_corpora(
        SAMPLE, rehearsal(), threads=2, journal=Journal(), builder=BankBuilder(20, 1)
    )
    assert len(found.bank.skills) > 10
    assert [check_skill(skill) for skill in found.bank.skills if check_skill(skill)] == []


def test_the_bank_of_the_sample_corpus_is_better_than_no_bank_whatever_the_seed() -> None:
    profiles = read_profiles([SAMPLE_PROFILES])
    none = true_score(Bank(), profiles, dialogues=8)
    memory = Journal()
    for seed in range(3):
        with seed_scope(seed):
            bank = mine_corpora(SAMPLE, rehearsal(), threads=2, journal=memory).bank
        assert true_score(bank, profiles, dialogues=8) > none + 0.08
