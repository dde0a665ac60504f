"""A domain is a folder: what it says reaches the prompts, and a fault in it is named."""

from pathlib import Path

import pytest
import yaml

from esc_skills.programs.domains.reading import (
    DomainError,
    default_domain,
    default_folder,
    is_default,
    read_domain,
    read_dumped,
)
from esc_skills.programs.models.adapter import ChatAdapter
from esc_skills.programs.models.stages import own_stages
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.domains import Domain
from esc_skills.signatures.mining import AnnotateExchange
from esc_skills.signatures.support import Respond, SelectSkill
from esc_skills.signatures.wording import worded, wording

LESSONS = {
    "name": "piano-lessons",
    "about": "A pupil talks with a teacher.",
    "words": {"seeker": "pupil", "supporter": "teacher", "support skill": "skill"},
    "needs": {
        "rhythm": {
            "means": "to hear where the beat is",
            "wanted": {"en": "You want to clap it."},
        }
    },
    "stages": ["warm-up", "piece"],
    "actions": ["clap", "play"],
    "characters": ["shy"],
    "instructions": {"Respond": "You are a piano teacher. Answer the pupil."},
}


def folder_of(tmp_path: Path, **changed: object) -> Path:
    told = {name: value for name, value in {**LESSONS, **changed}.items() if value is not None}
    (tmp_path / "domain.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    return tmp_path


def test_emotional_support_asks_every_stage_in_the_stage_s_own_words() -> None:
    for name, stage in own_stages().items():
        asked = default_domain().stage(stage)
        assert asked.instructions == stage.instructions
        assert (asked is stage) == (name != "AnnotateExchange")


def test_a_domain_of_its_own_changes_tasks_terms_and_words(tmp_path: Path) -> None:
    domain = read_domain(folder_of(tmp_path))
    assert domain.stage(Respond).instructions == "You are a piano teacher. Answer the pupil."
    with wording(domain.words):
        system = ChatAdapter().format_system_message(domain.stage(AnnotateExchange))
        assert '"need": "rhythm" | "unclear"' in system
        assert '"stage": "warm-up" | "piece"' in system
        assert "the pupil reacted" in " ".join(system.split())
        choosing = ChatAdapter().format_system_message(domain.stage(SelectSkill))
        assert choosing.startswith("Choose the skill for the reply to a pupil's last message")
        assert Turn(speaker="supporter", text="Again.").shown == "Teacher: Again."
    assert Turn(speaker="supporter", text="Again.").shown == "Supporter: Again."


def test_instructions_that_an_optimizer_has_rewritten_are_kept(tmp_path: Path) -> None:
    domain = read_domain(folder_of(tmp_path))
    rewritten = Respond.with_instructions("Hum.")
    assert domain.stage(Respond, rewritten).instructions == "Hum."


def test_words_are_changed_in_any_case_number_and_over_lines() -> None:
    with wording({"seeker": "pupil", "support skill": "trick"}):
        assert worded("Seekers learn a support\n  skill; a seeker's.") == (
            "Pupils learn a trick; a pupil's."
        )
    assert worded("A seeker.") == "A seeker."


def test_a_domain_is_the_same_after_it_was_dumped(tmp_path: Path) -> None:
    domain = read_domain(folder_of(tmp_path))
    (tmp_path / "domain.json").write_text(domain.model_dump_json(), encoding="utf-8")
    again = read_dumped(tmp_path / "domain.json")
    assert again.identity == domain.identity
    assert (is_default(again), is_default(read_domain(default_folder()))) == (False, True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"needs": None}, "field 'needs': must be there, but is not"),
        ({"need": {}}, "field 'need': a domain has no such field. Did you mean 'needs'?"),
        ({"instructions": {"Answer": "x"}}, "field 'instructions': there is no stage 'Answer'"),
        ({"score": {"facts": 80, "next_step": 30}}, "field 'score': value error, facts and next"),
        ({"stages": []}, "field 'stages': tuple should have at least 1 item"),
        ({"folder": "/"}, "field 'folder': is no entry of the file"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_broken_domain_names_file_and_field(
    tmp_path: Path, changed: dict[str, object], said: str
) -> None:
    with pytest.raises(DomainError, match=r"domain\.yaml, field") as caught:
        read_domain(folder_of(tmp_path, **changed))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("domain.yaml", "name: [", "domain.yaml must be YAML"),
        ("domain.yaml", "- a", "must hold `name: value` entries"),
        ("rehearsal/needs.json", "{", "needs.json must be JSON"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, file: str, text: str, said: str) -> None:
    place = folder_of(tmp_path) / file
    place.parent.mkdir(exist_ok=True)
    place.write_text(text, encoding="utf-8")
    with pytest.raises(DomainError) as caught:
        read_domain(tmp_path)
    assert said in str(caught.value)


def test_a_folder_without_the_file_is_no_domain(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match=r"domain\.yaml must be readable"):
        read_domain(tmp_path)


def test_a_need_without_a_name_is_the_intention_itself() -> None:
    domain: Domain = default_domain()
    assert domain.wanted("praise", "en").startswith("You want the other person to praise")
    assert domain.wanted("You want tea.", "zh") == "You want tea."
