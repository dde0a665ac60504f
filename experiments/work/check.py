"""Whether what lies in a file or folder keeps to the conduct."""

from collections.abc import Callable, Iterator
from pathlib import Path

from esc_skills.programs.conduct.checker import check_bank, check_text, rules_of
from esc_skills.programs.conduct.kinds import WordRule
from esc_skills.programs.conduct.occasions import SAYS, Says
from esc_skills.programs.conduct.reviewer import bank_texts, judge_bank, unreviewed
from esc_skills.programs.conduct.rules import Conduct
from esc_skills.programs.reading.scalars import slug
from esc_skills.programs.support.deployment import PROGRAM_FILE
from esc_skills.signatures.conduct import Breach
from esc_skills.signatures.skills import Bank

from ..errors import UserError
from ..files.banks import read_bank
from ..files.conducts import conduct_of, own_conduct
from ..files.profiles import read_profiles
from ..files.programs import read_program
from ..files.skill_files import USE_WHEN
from ..setup.config import Experiment
from ..setup.models import open_models

Review = Callable[[Bank, Conduct], tuple[Breach, ...]]
"""Finds the rules that need a reader and that a bank breaks."""


def unread(bank: Bank, conduct: Conduct) -> tuple[Breach, ...]:
    """Without a reader, every rule that needs one counts as broken."""
    rules = conduct.judged("skills")
    return tuple(one for place, text in bank_texts(bank) for one in unreviewed(rules, text, place))


def review_by(experiment: Experiment) -> Review:
    """A review by the model that plays the role `judge` in an experiment."""

    def review(bank: Bank, conduct: Conduct) -> tuple[Breach, ...]:
        if not conduct.judged("skills"):
            return ()
        with open_models(experiment.role_models) as models, models.active():
            return judge_bank(bank, conduct)

    return review


def check(path: Path, conduct: Path | None = None, review: Review = unread) -> tuple[Breach, ...]:
    """The rules that a bank, a run, an export or a file of profiles breaks.

    Of a run and an export the bank is checked that would be deployed, and every SKILL.md. Of
    profiles, which describe troubled people, only what no text may hold: words to the judge, and
    marks of programs.

    Args:
        path: A bank file, a run directory, an export, or a file of profiles.
        conduct: YAML file of rules; by default the packaged ones, and those that a run or an
            export carries besides.
        review: Finds what only a reader can tell.

    Raises:
        UserError: It is none of these, or a file or the judge's model is bad.
    """
    rules = conduct_of(conduct)
    if path.is_dir():
        own = own_conduct(path) if conduct is None else None
        each = rules_of(own) if own else (rules,)
        found = (breach for one in each for breach in _check_folder(path, one, review))
        return tuple(dict.fromkeys(found))
    try:
        bank = read_bank(path, allow_unsafe=True)
    except UserError as no_bank:
        try:
            return _check_profiles(path, rules)
        except UserError as no_profiles:
            neither = f"{str(no_bank).rstrip('.')}; nor profiles: {no_profiles}"
            raise no_bank if path.suffix == ".json" else UserError(neither) from no_profiles
    return (*check_bank(bank, rules), *review(bank, rules))


def _check_folder(folder: Path, rules: Conduct, review: Review) -> tuple[Breach, ...]:
    deployed = (folder / PROGRAM_FILE).exists()
    bank = read_program(folder).bank.value if deployed else read_bank(folder, allow_unsafe=True)
    breaches = (*check_bank(bank, rules), *review(bank, rules))
    known = {(breach.rule, breach.quote): breach for breach in breaches}
    for file in sorted(folder.glob("skills/*/SKILL.md")):
        place = file.relative_to(folder).as_posix()
        for text, says in _parts_of(file.read_text(encoding="utf-8")):
            for breach in check_text(text, says=says, place=place, conduct=rules):
                known.setdefault((breach.rule, breach.quote), breach)
    return tuple(known.values())


def _parts_of(markdown: str) -> Iterator[tuple[str, Says]]:
    """The parts of a SKILL.md, each with what it should say."""
    front, *sections = markdown.split("\n## ")
    for line in front.splitlines():
        advice, _, occasion = line.partition(USE_WHEN)
        yield advice, "advice"
        yield occasion, "occasion"
    for section in sections:
        title, _, text = section.partition("\n")
        yield text, SAYS.get(slug(title).replace("-", "_"), "advice")


def _check_profiles(path: Path, rules: Conduct) -> tuple[Breach, ...]:
    profiles = read_profiles([path])
    worded = (rule for rule in rules.rules if isinstance(rule, WordRule))
    everywhere = tuple(rule for rule in worded if rule.everywhere)
    if not everywhere:
        return ()
    narrow = rules.model_copy(update={"rules": everywhere})
    return tuple(
        breach
        for profile in profiles
        for field in ("persona", "scene", "opening")
        for breach in check_text(
            getattr(profile, field), place=f"profile {profile.id}, {field}", conduct=narrow
        )
    )
