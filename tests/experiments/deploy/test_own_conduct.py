"""A conduct of one's own goes where its program goes: into the run, the export, and the server."""

import json
from pathlib import Path

import pytest
from command_line import TINY, esc, refused
from dspy.lm15 import Request
from fakes import ScriptedEngine

from esc_skills.experiments.deploy.export import export_run
from esc_skills.experiments.deploy.opening import open_deployment
from esc_skills.experiments.errors import UserError
from esc_skills.experiments.files.profiles import SAMPLE_DRAFTS
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.setup.session import open_session
from esc_skills.experiments.work.check import check
from esc_skills.experiments.work.evolve import evolve
from esc_skills.programs.models.roles import ModelConfig
from esc_skills.programs.support.deployment import ChatMessage, Deployment

RULES = """
rules:
- {name: ears/odd, why: it names ears, excusable: false, english: [ears], about: [skills]}
- {kind: length, name: a-book, unit: words, least: 900}
safe: {en: Welcome.}
"""
JUDGED = "{kind: judged, name: kind, rule: The skill is kind., about: [skills]}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run under a conduct of its own, and its export."""
    place = tmp_path_factory.mktemp("own")
    (place / "rules.yaml").write_text(RULES)
    given = {**TINY, "conduct": place / "rules.yaml", "budget": {"calls": 1800}}
    evolve(load_experiment(None, given), place / "run")
    export_run(place / "run", place / "out")
    return place


def test_the_run_and_its_export_hold_the_rules(place: Path):
    for folder in ("run", "out", "out/model/artifacts"):
        assert (place / folder / "conduct.yaml").read_text() == RULES
    assert "conduct.yaml" in json.loads((place / "out" / "export.json").read_text())["files"]
    assert "`conduct.yaml`" in (place / "out" / "README.md").read_text()


def test_what_is_served_keeps_them(place: Path):
    hello = [ChatMessage(role="user", content="I had a hard day with my boss.")]
    for folder in ("run", "out"):
        with open_deployment(place / folder) as deployment:
            assert deployment.reply(hello).reply == "Welcome."  # no model writes a book
    carried = Deployment.load(place / "out" / "program.json", ModelConfig(model="openai/x"))
    assert [rule.name for rule in carried.guard.conduct.rules] == ["ears/odd", "a-book"]


def test_check_holds_a_run_to_the_rules_that_it_carries(place: Path):
    program = place / "run" / "program.json"
    sound = program.read_text()
    state = json.loads(sound)
    skill = {"name": "hear", "when_to_use": "Always.", "guidance": "Use your ears."}
    state["bank"]["skills"] = [skill]
    program.write_text(json.dumps(state))
    try:
        assert [breach.rule for breach in check(place / "run")] == ["ears/odd"]
    finally:
        program.write_text(sound)


def test_a_run_does_not_go_on_under_other_rules(place: Path):
    kept = (place / "rules.yaml").read_text()
    (place / "rules.yaml").write_text(kept + "# changed\n")
    (place / "tiny.yaml").write_text(json.dumps({**TINY, "budget": {"calls": 1800}}))
    command = ("evolve", "--config", "tiny.yaml", "--conduct", place / "rules.yaml", "--run", "run")
    refused(esc(*command, cwd=place), "rules.yaml must hold the rules")
    (place / "rules.yaml").write_text(kept)


def test_no_search_starts_from_a_bank_that_breaks_them(tmp_path: Path):
    (tmp_path / "rules.yaml").write_text(RULES.replace("[ears]", "[they]"))
    command = ("evolve", "--bank", SAMPLE_DRAFTS, "--conduct", "rules.yaml")
    refused(esc(*command, cwd=tmp_path), "breaks the rule ears/odd")


def test_a_rule_that_needs_a_reader_counts_as_broken_without_one(tmp_path: Path):
    (tmp_path / "rules.yaml").write_text(f"rules: [{JUDGED}]")
    command = ("check", SAMPLE_DRAFTS, "--conduct", "rules.yaml")
    alone = esc(*command, cwd=tmp_path)
    assert alone.returncode == 1
    assert "breaks the rule kind: nobody could review it" in alone.stdout
    assert esc(*command, "--model", "rehearsal", cwd=tmp_path).returncode == 0


def test_check_passes_nothing_that_it_cannot_read(tmp_path: Path):
    (tmp_path / "rules.yaml").write_text(f"rules: [{JUDGED}]")
    refused(esc("check", "missing.txt", "--conduct", "rules.yaml", cwd=tmp_path), "missing.txt")


def test_a_first_bank_is_read_by_the_judge_before_anything_is_played(tmp_path: Path):
    rules = tmp_path / "rules.yaml"
    rules.write_text(f"rules: [{JUDGED}]")
    given = {**TINY, "conduct": rules, "bank": SAMPLE_DRAFTS}
    asked: list[str] = []

    def judge(kept: bool) -> ScriptedEngine:
        verdict = {"number": 0, "reason": "as it is", "quote": "their own fault", "kept": kept}

        def answer(request: Request) -> str:
            asked.append(str(request))
            return f"[[ ## verdicts ## ]]\n{json.dumps([verdict])}"

        return ScriptedEngine(answer)

    with open_session(load_experiment(None, given), judge(True)) as session:
        assert len(asked) == len(session.bank.skills) + 1  # and its policy
        assert session.models.ledger.spend.calls == 0
    with (
        pytest.raises(UserError, match=r"breaks the rule kind: as it is \('their own fault'\)"),
        open_session(load_experiment(None, given), judge(False)),
    ):
        pass
    with open_session(load_experiment(None, {**given, "allow_unsafe": True}), judge(False)):
        pass
