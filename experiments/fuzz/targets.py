"""What is fuzzed: for each kind of input, sound files, and the reader that the commands use."""

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..files.profiles import SAMPLE_CORPUS, SAMPLE_DRAFTS, SAMPLE_PROFILES
from .people import AUDIT, CARDS, SET, read_card_files, read_set_file

Read = Callable[[Path], object]


class Target(NamedTuple):
    """One kind of input."""

    files: Mapping[str, Any]
    """Sound content of the files that are mutated, by name; the suffix says how it is written."""
    read: Read
    """Reads and uses what lies in a folder."""
    beside: Mapping[str, bytes] = {}
    """Files that stay as they are."""


def targets(run: Path) -> dict[str, Target]:
    """Every kind of input by name.

    Args:
        run: A finished run directory of some experiment.
    """
    profiles = [json.loads(line) for line in SAMPLE_PROFILES.read_text("utf-8").splitlines()][:4]
    corpus = json.loads(SAMPLE_CORPUS.read_text("utf-8"))[:3]
    for record in corpus:
        record["dialog"] = record["dialog"][:6]
    return {
        "bank": Target({"bank.json": json.loads(SAMPLE_DRAFTS.read_text("utf-8"))}, _read_bank),
        "profiles": Target(
            {"a.json": profiles, "b.jsonl": profiles, "c.jsonl.gz": profiles, "d.json": [_SAGE]},
            _read_profiles,
        ),
        "conversations": Target(
            {"a.json": corpus, "b.jsonl": corpus, "c.json.gz": corpus}, _read_conversations
        ),
        "audit logs": Target({"audit.jsonl": AUDIT, "audit.log": AUDIT}, _read_conversations),
        "set files": Target({"set.yaml": SET}, read_set_file),
        "role cards": Target({"a.json": CARDS, "b.jsonl": CARDS}, read_card_files),
        "transcripts": Target({"a-simulator.b.jsonl": _rollouts(run)}, _read_transcripts),
        "config": Target({"config.yaml": _CONFIG}, _read_config),
        "conduct": Target({"conduct.yaml": _CONDUCT}, _read_conduct),
        "redteam": Target({"trials.jsonl": _TRIALS}, _read_trials),
        "program": _program(run),
        "journal": _journal(run),
        "run": _run(run),
        "replies": Target(_REPLIES, _read_replies),
    }


_SAGE = {
    "id": "s1", "player": "她是护士", "scene": "夜班", "task": "希望对方真诚地夸奖",
    "first_talk": "今天开会", "main_cha": "负面型", "cha_group": ["直率"], "topic": "工作",
}  # fmt: skip
_CONFIG = {
    "name": "x", "model": {"model": "rehearsal", "temperature": 0.5}, "seed": 3, "threads": 2,
    "models": {"seeker": {"model": "openai/x", "api_base": "http://127.0.0.1:9/v1"}},
    "search": {"generations": 3, "rule": {"error_rate": 0.05}}, "budget": {"calls": 10},
    "split": {"train": 0.4, "validation": 0.3, "test": 0.3}, "seekers": None,
}  # fmt: skip
_CONDUCT = {
    "words": {"them": "(?:them|him)"},
    "rules": [{"name": "a", "why": "w", "severity": "soft", "english": ["hurt {them}"]}],
}
_TRIALS = [
    {"category": "x", "language": "en", "unsafe": True, "fields": {"guidance": "Listen."}},
    {"kind": "message", "category": "y", "language": "zh", "unsafe": True, "turns": ["我想死"]},
]

_REPLIES = {
    "SelectSkill.json": {"why": "They feel alone.", "skill": "listen"},
    "Respond.json": {"reply": "That sounds hard. What weighs on you most?"},
    "AppraiseReply.json": {
        "appraisal": {
            "meaning": "m", "goal_fit": "g", "inner_activity": "i", "feeling": "f", "change": 5,
        }
    },
    "SpeakAsSeeker.json": {"message": "I see.", "farewell": False},
    "ReviewSafety.json": {"concern": "", "safe": True},
    "ProposeEdits.json": {
        "edits": [
            {"kind": "rewrite", "name": "listen", "field": "guidance", "text": "t", "reason": "r"},
            {"kind": "remove", "name": "listen", "reason": "r"},
        ]
    },
}  # fmt: skip


def _read_replies(folder: Path) -> None:
    """As answers in either format: sections with markers, and JSON."""
    from esc_skills.programs.models.adapter import ChatAdapter, Unreadable
    from esc_skills.signatures import reflection, safety, seeking, support

    stages = {**vars(support), **vars(seeking), **vars(safety), **vars(reflection)}

    for file in folder.iterdir():
        text = file.read_bytes().decode("utf-8", "replace")
        for form in (text, _in_sections(text)):
            with suppress(Unreadable):
                ChatAdapter().parse(stages[file.stem], form)


def _in_sections(text: str) -> str:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return f"[[ ## reply ## ]]\n{text}"
    fields = answer.items() if isinstance(answer, dict) else [("reply", answer)]
    shown = [f"[[ ## {name} ## ]]\n{value}" for name, value in fields]
    return "\n\n".join([*shown, "[[ ## completed ## ]]"])


def _read_bank(folder: Path) -> None:
    from esc_skills.programs.conduct.checker import check_bank
    from esc_skills.programs.support.selection import shortlist

    from ..files.banks import read_bank
    from ..files.skill_files import bank_markdown, write_skill_folders

    bank = read_bank(folder / "bank.json", allow_unsafe=True)
    shortlist(bank, ["I feel alone", "my boss"])
    bank_markdown(bank)
    check_bank(bank)
    write_skill_folders(bank, folder / "skills")
    shutil.rmtree(folder / "skills", ignore_errors=True)


def _read_profiles(folder: Path) -> None:
    from ..files.profiles import read_profiles, split_profiles

    for file in folder.iterdir():
        profiles = read_profiles([file])
        assert all(profile.portrait for profile in profiles)
        if len(profiles) > 2:
            split_profiles(profiles, train=0.4, validation=0.3, test=0.3, seed=1)


def _read_conversations(folder: Path) -> None:
    from ..corpora.reading import ReadReport, read_conversations

    for file in folder.iterdir():
        list(read_conversations([file], ReadReport()))


def _read_transcripts(folder: Path) -> None:
    from esc_skills.metrics.sage.quality import quality
    from esc_skills.metrics.sage.summary import summarize

    from ..files.transcripts import read_transcripts

    found = list(read_transcripts([folder / "a-simulator.b.jsonl"]))
    quality((one.rollout, one.profile) for one in found)
    summarize([one.rollout for one in found])


def _read_config(folder: Path) -> None:
    from ..setup.config import load_experiment

    experiment = load_experiment(folder / "config.yaml", {"budget.calls": 5})
    _ = (experiment.identity, experiment.role_models, experiment.simulator)


def _read_conduct(folder: Path) -> None:
    from esc_skills.programs.conduct.checker import check_text

    from ..files.conducts import conduct_of

    check_text("Hurt them. 让他走。", conduct=conduct_of(folder / "conduct.yaml"))


def _read_trials(folder: Path) -> None:
    from ..work.redteam import redteam

    redteam([folder / "trials.jsonl"])


def _rollouts(run: Path) -> list[Any]:
    return _result(run)["test"]["rollouts_after"][:2]


def _result(run: Path) -> dict[str, Any]:
    result = json.loads((run / "result.json").read_text("utf-8"))
    for side in ("before", "after"):
        result["test"][f"rollouts_{side}"] = result["test"][f"rollouts_{side}"][:2]
    result["decisions"], result["banks"] = result["decisions"][:4], result["banks"][:2]
    return result


def _program(run: Path) -> Target:
    from esc_skills.programs.support.deployment import ChatMessage

    from ..deploy.export import deployment_settings
    from ..deploy.opening import open_deployment
    from ..files.run_directory import read_marker

    def read(folder: Path) -> None:
        with open_deployment(folder, allow_unsafe=True) as deployment:
            deployment.reply([ChatMessage(role="user", content="I feel low about my boss.")])

    settings = deployment_settings(read_marker(run)["config"]) | {"unsafe": []}
    program = json.loads((run / "program.json").read_text("utf-8"))
    return Target({"program.json": program, "export.json": settings}, read)


def _journal(run: Path) -> Target:
    from ..files.journals import open_journal
    from ..files.run_transcripts import read_run

    def read(folder: Path) -> None:
        open_journal(folder / "journal.jsonl")
        list(read_run(folder, {}))

    lines = [json.loads(line) for line in (run / "journal.jsonl").read_text("utf-8").splitlines()]
    rollouts = [line for line in lines if "rollout" in line["record"]][:2]
    return Target({"journal.jsonl": [*lines[:4], *rollouts]}, read, _beside(run, "run.json"))


def _run(run: Path) -> Target:
    from ..show.report import write_report

    def read(folder: Path) -> None:
        write_report(folder, folder / "report.html")

    marker = json.loads((run / "run.json").read_text("utf-8"))
    return Target({"run.json": marker, "result.json": _result(run)}, read)


def _beside(run: Path, *names: str) -> dict[str, bytes]:
    return {name: (run / name).read_bytes() for name in names}
