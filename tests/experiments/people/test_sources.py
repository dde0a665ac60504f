"""What sets of seekers are made from: set files, role cards, ideas; and the grid of each."""

import json
from pathlib import Path

import pytest
from command_line import esc, refused

from esc_skills.experiments.files.profiles import SAMPLE_DRAFTS
from esc_skills.experiments.people.cards import card_of, read_cards
from esc_skills.experiments.people.grid import cells_of
from esc_skills.experiments.people.set_file import PeopleSet, of_idea, read_set
from esc_skills.experiments.rehearsal.needs import need_of_intention
from esc_skills.programs.domains.reading import default_domain
from esc_skills.signatures.people import BigFive

NEEDS = default_domain().needs

CARD = {"base": "Age: 45\nOccupation: bus driver\nProblem: The wife moved out in March.",
        "source": "ESconv", "language": "english", "id": 7}  # fmt: skip


INTAKE = {
    "AI_client": {
        "intake_form": "Name: Laura\nAge: 45\nPresenting Problem: I cannot run far any more.",
        "attitude": "negative",
        "dialogue_history_init": "Counselor: How are you?\nClient: A bit frustrated, to be honest.",
    }
}


ROLE = {
    "role": "**Persona:** a phd student, widowed, of 66.\n**Big Five personality traits:** "
    "introverted; emotionally reactive; impulsive; empathetic; curious.",
    "challenge": "Grief in a foreign country",
}


def test_a_few_of_many_cells_are_spread_over_every_axis() -> None:
    wanted = PeopleSet.model_validate(
        {"count": 6, "grid": {"need": list(NEEDS)[:3], "topic": ["a", "b"], "stance": ["hostile"]}}
    )
    assert len({cell.row for cell in cells_of(wanted, [], 0)}) == 6
    fewer = cells_of(wanted.model_copy(update={"count": 3}), [], 0)
    assert len({cell.need for cell in fewer}) == 3


def test_both_ends_of_every_trait_are_dealt_equally_often() -> None:
    cells = cells_of(PeopleSet(count=50, traits="varied"), [], 3)
    marks = [mark for cell in cells if cell.traits for mark in cell.traits.marked.items()]
    counts = {mark: marks.count(mark) for mark in marks}
    assert len(counts) == 10
    assert max(counts.values()) - min(counts.values()) <= 3


def test_each_need_is_what_the_rehearsal_takes_it_for() -> None:
    for need, known in NEEDS.items():
        assert {need_of_intention(text) for text in known.wanted.values()} == {need}


def test_role_cards_of_four_kinds_are_read() -> None:
    eval_card, intake, role = (card_of(record, "x") for record in (CARD, INTAKE, ROLE))
    assert (eval_card.language, "bus driver" in eval_card.facts) == ("en", True)
    assert (intake.stance, intake.given) == (
        "hostile", {"opening": "A bit frustrated, to be honest."},
    )  # fmt: skip
    assert role.given == {"topic": "Grief in a foreign country"}
    assert role.traits == BigFive(
        extraversion="low", neuroticism="high", conscientiousness="low", agreeableness="high",
        openness="high",
    )  # fmt: skip
    sage = card_of({"player": "王丽娜", "scene": "背景", "task": "夸奖", "main_cha": "被动型"}, "x")
    assert (sage.language, sage.need, sage.given["character"]) == ("zh", "praise", "passive")
    assert "opening" not in sage.given


def test_samples_of_public_cards_are_read(shared_data: Path) -> None:
    corpora = shared_data / "corpora"
    roles = read_cards(sorted((corpora / "esc-judge").glob("*.json*")))
    assert len(roles) == 50
    assert sum(card.traits is not None for card in roles) > 40
    assert len(read_cards([corpora / "rlver" / "train_profile.60.jsonl.gz"])) == 60


def test_what_a_card_lacks_is_written_and_what_it_says_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cards.json").write_text(json.dumps([CARD, INTAKE]))
    done = esc(
        "profiles", "build", "cards.json", "--to", "p.jsonl", "--replicates", 1, "--json",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    driver, runner = (o["profile"] for o in json.loads(done.stdout)["outcomes"])
    assert "bus driver" in driver["persona"]
    assert all(driver[part] for part in ("scene", "hidden_intention", "opening"))
    assert runner["opening"] == "A bit frustrated, to be honest."
    assert runner["stance"] == "hostile"


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "typo.yaml").write_text("grid: {needs: [praise]}")
    (tmp_path / "mute.yaml").write_text("grid: {language: []}")
    (tmp_path / "charm.yaml").write_text("traits: {charm: high}")
    (tmp_path / "lone.yaml").write_text("persona: individualized")
    (tmp_path / "no-card.json").write_text('[{"x": 1}]')
    for source, *said in (
        ("typo.yaml", "no entry 'grid.needs'", "need"),
        ("mute.yaml", "grid.language", "at least 1"),
        ("charm.yaml", "no entry 'traits.charm'", "agreeableness"),
        ("lone.yaml", "`of` names no file"),
        ("no-card.json", "record 1", "a card must say who a person is"),
        ("gone.yaml", "gone.yaml"),
    ):
        refused(esc("profiles", "build", source, "--to", "p.jsonl", cwd=tmp_path), *said)
    refused(esc("profiles", "build", "--to", "p.jsonl", cwd=tmp_path), "--idea")
    idea = ("profiles", "build", "--idea", "bakers", "--to", "p.jsonl", "--bank", SAMPLE_DRAFTS)
    refused(esc(*idea, "--for-skill", "none", cwd=tmp_path), "--for-skill must name a skill")


def test_an_idea_in_words_asks_for_all_needs(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="must be readable"):
        read_set(tmp_path / "gone.yaml")
    cells = cells_of(of_idea("bakers", None, default_domain()), [], 0)
    assert {cell.need for cell in cells} == set(NEEDS)
    assert {cell.stance for cell in cells} == {"cooperative", "guarded", "hostile"}
