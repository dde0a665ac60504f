"""A world of these families, as the contest wants one."""

import random
from collections.abc import Sequence
from functools import cache

from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.profiles import Profile
from esc_skills.signatures.skills import Bank, Skill

from . import editor
from .editor import Idea
from .engine import FamilyEngine
from .people import people
from .setting import Setting, topics_of, worth_of
from .truth import true_score

DIALOGUES = 60
"""Dialogues a profile from which the truth is computed, on the same noise for every bank."""
GENERATIONS, DIALOGUES_EACH = 5, 4
"""Other people of the same topics, and dialogues with each, for the truth about the population."""
DRAFTS = 3


class FamilyWorld:
    """A world with one of the mechanisms."""

    setting = Setting()

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], float] = {}

    @cache  # noqa: B019 - a world lives as long as the contest
    def profiles(self) -> Sequence[Profile]:
        """Three seekers of each topic."""
        return people(self.setting)

    @cache  # noqa: B019 - a world lives as long as the contest
    def first_bank(self) -> Bank:
        """Three blind ideas of a beginner, for people of three topics."""
        rng = random.Random(derive_seed("drafts", self.setting.seed))
        known, names = list(worth_of(self.setting).known), []
        skills: list[Skill] = []
        for topic in rng.sample(topics_of(self.setting), min(DRAFTS, self.setting.topics)):
            draft = editor.skill_for(topic, Idea(rng.choice(known), rng.randrange(4)), names, rng)
            names.append(draft["name"])
            skills.append(Skill.model_validate(draft))
        return Bank(skills=tuple(skills))

    @cache  # noqa: B019 - a world lives as long as the contest
    def best_bank(self) -> Bank:
        """What prepares the ground early on, then for each topic the act that it calls for."""
        setting, rng = self.setting, random.Random(0)
        if not setting.special:
            return Bank()
        worth = worth_of(setting)
        prepares = [worth.opener] if setting.chained else sorted(worth.trusting)[: setting.trust]
        phase = "late" if prepares else ""
        ideas = [("", Idea(act, 0), "early") for act in prepares[:1]] + [
            (topic, Idea(worth.called_for[topic], 0), phase) for topic in topics_of(setting)
        ]
        skills: list[Skill] = []
        for topic, idea, when in ideas:
            draft = editor.skill_for(topic, idea, [skill.name for skill in skills], rng)
            draft["when_to_use"] = editor.when_for(topic, rng, when)
            skills.append(Skill.model_validate(draft))
        return Bank(skills=tuple(skills))

    def engine(self) -> object:
        """The engine of this world."""
        return FamilyEngine(self.setting)

    def truth(self, bank: Bank, profile: Profile) -> float:
        """Mean of many direct simulations."""
        key = (bank.identity, profile.id)
        if key not in self._known:
            self._known[key] = true_score(bank, [profile], self.setting, DIALOGUES)
        return self._known[key]

    def population_truth(self, bank: Bank) -> float:
        """Mean over other people of the same topics."""
        key = (bank.identity, "population")
        if key not in self._known:
            others = [p for n in range(1, GENERATIONS + 1) for p in people(self.setting, n)]
            self._known[key] = true_score(bank, others, self.setting, DIALOGUES_EACH)
        return self._known[key]
