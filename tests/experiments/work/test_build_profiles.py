"""Building sets of seekers: from set files, role cards and ideas; what is refused, and why."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command_line import esc
from dspy.lm15 import Request
from fakes import CountingEngine, ScriptedEngine

from esc_skills.experiments.files.profiles import SAMPLE_DRAFTS, read_profiles
from esc_skills.experiments.people.drafting import ATTEMPTS, Drafter, Outcome, Setup
from esc_skills.experiments.people.grid import Cell
from esc_skills.experiments.people.own_words import cards_of_talks
from esc_skills.experiments.people.set_file import PeopleSet
from esc_skills.metrics.seekers.calibration import FEATURES, Talk
from esc_skills.metrics.seekers.drafts import ALIKE, likeness, told_intention
from esc_skills.programs.domains.reading import default_domain
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.people import BigFive
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Skill

wanted = default_domain().wanted
SET = """
name: night
who: people who write at night
grid:
  need: [praise, venting]
  topic: [work, family]
  language: [en, zh]
  stance: [guarded]
traits: varied
events: [{turn: 3, text: "The doorbell rings, and it is the landlord."}]
"""
NIGHT = (
    "profiles", "build", "set.yaml", "--to", "p.jsonl", "--bank", SAMPLE_DRAFTS,
    "--replicates", 1, "--json",
)  # fmt: skip


class Lively(CountingEngine):
    """The rehearsal, whose drafts a test may change before they are read."""

    def __init__(self, **changed: Any) -> None:
        super().__init__()
        self.changed = changed

    def complete(self, request: Request):
        done = super().complete(request)
        if "[[ ## draft ## ]]" not in str(request.system):
            return done
        found = re.search(r"\{.*\}", done.message.text or "", re.DOTALL)
        assert found
        draft = json.dumps(json.loads(found[0]) | self.changed, ensure_ascii=False)
        text = f"[[ ## draft ## ]]\n{draft}\n\n[[ ## completed ## ]]"
        return ScriptedEngine(lambda _: text).complete(request)


def filled(cell: Cell, engine: Any = None, known: Any = (), **of: Any) -> Outcome:
    runner = Runner(Models(engines={"rehearsal": engine or Lively()}), threads=2)
    wanted = PeopleSet(**{key: of.pop(key) for key in ("who", "difficulty") if key in of})
    agent = of.pop("agent", SupportAgent())
    return Drafter(Setup(runner, agent, wanted, 1, runner, **of), known).fill(cell)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("built")
    (folder / "set.yaml").write_text(SET)
    done = esc(*NIGHT, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def test_every_cell_is_filled_or_its_gap_explained(built: tuple[Path, dict[str, Any]]) -> None:
    folder, found = built
    assert len(found["outcomes"]) == 8
    rows = {
        (o["cell"]["need"], o["cell"]["topic"], o["cell"]["language"]) for o in found["outcomes"]
    }
    assert len(rows) == 8
    for outcome in found["outcomes"]:
        assert outcome["profile"] or len(outcome["refused"]) == ATTEMPTS
        assert all(outcome["refused"])
    people = read_profiles([Path(folder, Path(file).name) for file in found["files"]])
    assert len(people) == sum(bool(o["profile"]) for o in found["outcomes"]) >= 6


def test_the_built_are_as_asked_and_like_nobody(built: tuple[Path, dict[str, Any]]) -> None:
    _, found = built
    people = [Profile.model_validate(o["profile"]) for o in found["outcomes"] if o["profile"]]
    for place, person in enumerate(people):
        assert person.stance == "guarded"
        assert isinstance(person.traits, BigFive)
        assert len(person.traits.marked) == 2
        assert person.event_at(3).startswith("The doorbell")
        assert person.hidden_intention == wanted(person.group, person.language)
        assert not any(likeness(person, other) >= ALIKE for other in people[:place])


def test_hard_people_are_kept_apart_by_name(built: tuple[Path, dict[str, Any]]) -> None:
    folder, found = built
    ends = {o["cell"]["id"]: o["ends"] for o in found["outcomes"] if o["profile"]}
    hard = {name for name, scores in ends.items() if max(scores) < 10}
    for name, expected in (("p.jsonl", set(ends) - hard), ("p.hard.jsonl", hard)):
        if (folder / name).exists():
            assert {profile.id for profile in read_profiles([folder / name])} == expected
        else:
            assert not expected


def test_the_same_command_pays_nothing_twice(built: tuple[Path, dict[str, Any]]) -> None:
    folder, found = built
    paid = (folder / "p.journal.jsonl").read_text().splitlines()
    again = json.loads(esc(*NIGHT, cwd=folder).stdout)
    assert again["outcomes"] == found["outcomes"]
    assert (folder / "p.journal.jsonl").read_text().splitlines() == paid
    assert len(paid) > 100


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"opening": wanted("praise", "en")}, "gives the hidden intention away"),
        ({"scene": "王丽娜很难过。"}, "not written in the language 'en'"),
        ({"persona": ""}, "persona"),
    ],
)
def test_a_faulty_draft_is_refused_with_its_reason(changed: dict[str, str], reason: str) -> None:
    cell = Cell(id="a", need="praise", hidden_intention=wanted("praise", "en"))
    found = filled(cell, Lively(**changed))
    assert found.profile is None
    assert len(found.refused) == ATTEMPTS
    assert any(reason in refusal for refusal in found.refused)


def test_a_copy_of_a_known_seeker_is_refused(profiles: list[Profile]) -> None:
    known = profiles[0]
    same = known.model_dump(include={"persona", "scene", "opening"})
    found = filled(Cell(id="a"), Lively(**same), [known])
    assert found.profile is None
    assert all(f"it is like {known.id} (100% of the words)" in why for why in found.refused)


def test_a_draft_that_contradicts_the_brief_is_refused_with_the_words() -> None:
    class Strict(Lively):
        quote = ""

        def complete(self, request: Request):
            done = super().complete(request)
            if "## written ## ]]" not in str(request.messages[-1].text):
                return done
            text = (done.message.text or "").replace('"neutral"', '"contradicted"')
            text = text.replace('"quote": ""', f'"quote": "{self.quote}"')
            return ScriptedEngine(lambda _: text).complete(request)

    cell = Cell(id="a", topic="submarines")
    Strict.quote = "a strike at the mill"
    found = filled(cell, Strict(topic="a strike at the mill"))
    assert found.profile is None
    assert any("it contradicts 'The matter is submarines.'" in why for why in found.refused)
    Strict.quote = "words that stand nowhere"
    assert filled(cell, Strict(topic="a strike at the mill")).profile is not None


def test_a_hostile_seeker_that_melts_is_refused() -> None:
    class Melting(Lively):
        def complete(self, request: Request):
            done = super().complete(request)
            if "[[ ## appraisal ## ]]" not in str(request.system):
                return done
            text = re.sub(r'"change": -?\d+', '"change": 5', done.message.text or "")
            return ScriptedEngine(lambda _: text).complete(request)

    soft, firm = (filled(Cell(id="a", stance="hostile"), engine()) for engine in (Melting, Lively))
    assert soft.profile is None
    assert any("it melts: silence lifts its mood" in why for why in soft.refused)
    assert firm.profile is not None


def test_a_set_at_the_frontier_refuses_those_who_always_fail(bank) -> None:
    class Failing(Lively):
        def complete(self, request: Request):
            done = super().complete(request)
            text = re.sub(r'"change": -?\d+', '"change": -10', done.message.text or "")
            return ScriptedEngine(lambda _: text).complete(request)

    assert filled(Cell(id="a"), Failing(), agent=SupportAgent(bank)).hard
    assert not filled(Cell(id="a"), Failing()).hard, "without a bank nothing is known of it"
    found = filled(Cell(id="a"), Failing(), difficulty="frontier")
    assert found.profile is None
    assert any("all fail" in why for why in found.refused)


def test_people_for_a_skill_are_those_in_whose_dialogues_it_is_chosen(bank) -> None:
    never = Skill(name="never", when_to_use="When they speak of ships.", guidance="Listen.")
    agent = SupportAgent(bank)
    missed = filled(Cell(id="a"), agent=agent, skill=never)
    assert missed.profile is None
    assert any("the skill never is never chosen" in why for why in missed.refused)
    assert filled(Cell(id="a"), agent=agent, skill=bank.skills[0]).profile is not None


def test_a_further_session_goes_on_with_the_same_person(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text("{count: 1, sessions: 2, name: twice}")
    done = esc(
        "profiles", "build", "set.yaml", "--to", "p.jsonl", "--replicates", 1, "--json",
        cwd=tmp_path,
    )  # fmt: skip
    first, second = (o["profile"] for o in json.loads(done.stdout)["outcomes"])
    assert [first["id"], second["id"]] == ["twice-1-s1", "twice-1-s2"]
    assert first["persona"] == second["persona"]
    assert first["scene"] in second["scene"]


def test_individualized_people_talk_as_they_did_in_talks_of_their_own(tmp_path: Path) -> None:
    said = [f"Well, I tried that already {n}, did I not?" for n in range(4)]
    turns = [turn for line in said for turn in (
        {"role": "user", "content": line}, {"role": "assistant", "content": "Mm."},
    )]  # fmt: skip
    (tmp_path / "talks.json").write_text(json.dumps([{"messages": turns}]))
    (tmp_path / "set.yaml").write_text("{persona: individualized, of: [talks.json]}")
    done = esc(
        "profiles", "build", "set.yaml", "--to", "p.jsonl", "--replicates", 1, "--json",
        cwd=tmp_path,
    )  # fmt: skip
    (outcome,) = json.loads(done.stdout)["outcomes"]
    assert said[0] in outcome["profile"]["persona"]
    assert outcome["profile"]["behaviour"]["questions"] == 1
    assert outcome["profile"]["behaviour"]["words"] == 9


def test_an_individualized_seeker_talks_more_like_its_person_than_like_another(
    tmp_path: Path,
) -> None:
    asking = [f"What now, after day {n}?" for n in range(6)]
    telling = [
        f"It was the {n}th week in which I stood at the window of the shop and thought that it "
        "would be better for all of us if somebody else took the keys and the debts."
        for n in range(6)
    ]
    for name, lines in (("asking", asking), ("telling", telling)):
        turns = [turn for line in lines for turn in (
            {"role": "user", "content": line}, {"role": "assistant", "content": "Mm."},
        )]  # fmt: skip
        (tmp_path / f"{name}.json").write_text(json.dumps([{"messages": turns}]))
    simulated: dict[str, Talk] = {}
    for name in ("asking", "telling"):
        (card,) = cards_of_talks([tmp_path / f"{name}.json"], 1)
        outcome = filled(Cell(id=name, stance="cooperative", card=card))
        assert outcome.profile is not None
        runner = Runner(Models(engines={"rehearsal": Lively()}), threads=2)
        rows = runner.play(SupportAgent(), [(outcome.profile, replicate) for replicate in range(6)])
        simulated[name] = Talk(turns=tuple(e.seeker for row in rows for e in row.exchanges[1:]))
    for name, other, lines in (("asking", "telling", asking), ("telling", "asking", telling)):
        for feature in ("words a turn", "questions"):
            measure = FEATURES[feature]
            real = measure(lines) or 0
            own, others = (abs((measure(simulated[n].turns) or 0) - real) for n in (name, other))
            assert own < others, (name, feature)


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        ("I want you to praise me sincerely for a concrete thing I did.", True),
        ("There was cake today, for the new one.", False),
    ],
)
def test_an_opening_that_tells_the_intention_is_found(opening: str, told: bool) -> None:
    assert bool(told_intention(opening, wanted("praise", "en"), "en")) is told
    assert told_intention("我就希望你真诚地夸奖我做过的具体事情。", wanted("praise", "zh"), "zh")
    assert not told_intention("又到周四了。", wanted("praise", "zh"), "zh")
