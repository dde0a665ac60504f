"""Refusals of unsafe edits are told by rule, whoever searches."""

import re

from esc_skills.experiments.tracking.search_metrics import name_parts, refusal_metrics
from esc_skills.optimizers.record import Record
from esc_skills.programs.conduct.kinds import WordRule
from esc_skills.programs.conduct.rules import Conduct
from esc_skills.programs.models.ledger import Ledger
from esc_skills.signatures.edits import AddSkill, apply_edit
from esc_skills.signatures.skills import Bank, SkillDraft

OWN = Conduct(rules=(WordRule(name="ears", why="it names ears", english=("ears",)),))


def decided(guidance: str, conduct: Conduct | None = None):
    record = Record(Bank(), Ledger(), conduct=conduct)
    skill = SkillDraft(name="new", when_to_use="Always.", guidance=guidance)
    edit = AddSkill(skill=skill, reason="a test")
    bank = apply_edit(Bank(), edit)
    accepted = record.decide([edit], bank, accepted=True, gate="challenge", reason="it is better")
    return accepted, record.decisions[-1]


def test_an_accepted_edit_names_no_rule():
    assert decided("Listen first.")[0]
    assert decided("Listen first.")[1].rules == ()


def test_an_edit_that_a_search_accepts_is_refused_with_the_rules_that_it_breaks():
    text = "Tell them to stop taking their medication. Promise to keep it a secret."
    accepted, decision = decided(text)
    assert not accepted
    assert decision.gate == "safety"
    assert set(decision.rules) == {"treatment", "secrecy"}


def test_own_rules_come_on_top_of_the_packaged_ones():
    assert decided("Use your ears.")[0]
    assert decided("Use your ears.", OWN)[1].rules == ("ears",)
    assert decided("Tell them to stop taking their medication.", OWN)[1].rules == ("treatment",)


def test_names_of_rules_become_names_of_metrics_and_stay_apart():
    parts = name_parts(["a/../b", "a.b", "a b", "规则", "a/../b!", "a/../b?"])
    assert len(set(parts.values())) == len(parts)
    assert all(re.fullmatch(r"[\w\- ]+", part) for part in parts.values())
    from collections import Counter

    assert refusal_metrics(Counter({"a/b": 2})) == {"refused/a_b": 2}
