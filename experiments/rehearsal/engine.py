"""The rehearsal as a DSPy engine: reads a prompt, recognises the stage, answers in its format.

Stateless: everything comes from the prompt and the seed.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import count
from typing import Any

from dspy.lm15 import Message, Request, Response, TextPart, Usage, response_to_events

from esc_skills.programs.domains.active import active_domain
from esc_skills.programs.models.seeds import derive_seed
from esc_skills.signatures.behaviour import plan_in
from esc_skills.signatures.judging.preference import STAGES
from esc_skills.signatures.protocol import EMOTION_START
from esc_skills.signatures.support import Respond
from esc_skills.signatures.wording import worded
from esc_skills.signatures.words import language_of

from . import goals, habits, judging, mining, people, persons, reflection, rewriting, supporter
from . import seeker as seekers
from .manner import Moment, speak
from .moves import moves_in
from .needs import need_of_intention
from .prompts import Prompt, cards_in, prompt_in, said_by
from .records import lines_in
from .script import playing
from .temper import amid, name_traits, showing
from .world import WorldParameters

Fields = Mapping[str, str]
Answer = dict[str, Any]
CHARACTERS_A_TOKEN = 4


class RehearsalEngine:
    """Answers every stage of the pipeline, offline. `WorldParameters` says of what."""

    def __init__(self, world: WorldParameters | None = None) -> None:
        self.world = world or WorldParameters()
        self._calls = count()  # in a world that ignores seeds, a call's number takes their place
        self._stages: dict[frozenset[str], Callable[[Fields, random.Random, str], Answer]] = {
            frozenset({"why", "skill"}): self._select,
            frozenset({"reply"}): self._respond,
            frozenset({"appraisal"}): self._appraise,
            frozenset({"message", "farewell"}): self._speak,
            frozenset({"concern", "safe"}): self._review,
            frozenset({"annotation"}): lambda f, rng, _: mining.annotate(f, rng),
            frozenset({"strategy"}): lambda f, rng, _: mining.name_strategy(f),
            frozenset({"skill"}): lambda f, rng, _: mining.distil(f, rng),
            frozenset({"findings"}): lambda f, rng, _: reflection.diagnose(f, rng),
            frozenset({"edits"}): lambda f, rng, _: reflection.propose(f, rng, self.world),
            frozenset({"inventory"}): lambda f, rng, _: judging.inventory(f, rng),
            frozenset({"grades"}): lambda f, rng, _: judging.support(f, rng),
            frozenset({"empathy"}): lambda f, rng, _: judging.empathy(f, rng),
            frozenset({"checks"}): lambda f, rng, _: judging.checks(f, rng),
            frozenset({"verdicts"}): lambda f, rng, _: judging.verdicts(f),
            frozenset({"ratings"}): lambda f, rng, _: judging.ratings(f),
            frozenset({"reading"}): lambda f, rng, _: supporter.read(f["conversation"]),
            frozenset(STAGES): lambda f, rng, _: judging.preference(f, rng),
            frozenset({"traits"}): lambda f, rng, _: name_traits(f, rng),
            frozenset({"statements"}): lambda f, rng, _: judging.persona(f, rng),
            frozenset({"draft"}): (
                lambda f, rng, system: (
                    persons.write(f, rng, knowing='"knows"' in system)
                    if "brief" in f
                    else people.write(f, rng)
                )
            ),
            frozenset({"new_text"}): lambda f, rng, _: rewriting.rewrite(f, rng, self.world),
            frozenset({"proposed_instruction"}): (
                lambda f, rng, _: rewriting.instruct(f, rng, self.world)
            ),
            frozenset({"discussion", "module_advice"}): (
                lambda f, rng, _: rewriting.advise(f, rng, self.world)
            ),
        }

    def complete(self, request: Request) -> Response:
        """Answer one request."""
        with playing(active_domain()):
            prompt = prompt_in(request)
            text = self._answer(prompt, self._rng(prompt, request))
        read = sum(len(message.text or "") for message in request.messages) + len(prompt.system)
        usage = [max(1, size // CHARACTERS_A_TOKEN) for size in (read, len(text))]
        return Response(
            id=None,
            model=request.model,
            message=Message.assistant([TextPart(text)]),
            finish_reason="stop",
            usage=Usage(
                input_tokens=usage[0], output_tokens=usage[1], total_tokens=usage[0] + usage[1]
            ),
        )

    def stream(self, request: Request) -> Iterator[Any]:
        """The answer as a stream of one piece."""
        return iter(response_to_events(self.complete(request)))

    def close(self) -> None:
        """Nothing to close."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "RehearsalEngine":
        """The engine itself: it has no state that copies could disturb."""
        return self

    def _rng(self, prompt: Prompt, request: Request) -> random.Random:
        """The sampling of one answer; see `WorldParameters` for what seeds mean."""
        seed, asked = request.config.seed, prompt.asked
        if not self.world.honours_seeds:
            return random.Random(derive_seed(seed, next(self._calls), asked))
        if seed is not None and self.world.couples_prompts:
            return random.Random(seed)
        return random.Random(derive_seed(seed, prompt.system, asked))

    def _answer(self, prompt: Prompt, rng: random.Random) -> str:
        outputs, fields = prompt.outputs, prompt.fields
        stage = self._stages.get(frozenset(outputs))
        known = stage is not None and ("appraisal" not in outputs or "persona" in fields)
        answer = stage(fields, rng, prompt.system) if stage and known else _filler(outputs)
        realism = self.world.realism if known else 0.0
        if realism:
            answer = habits.slipped(answer, fields, rng, realism)
        if prompt.in_words:
            return habits.spoken(str(answer["reply"]), rng, realism)
        if prompt.in_json:
            return json.dumps(answer, ensure_ascii=False)
        parts = [f"[[ ## {name} ## ]]\n{_shown(answer[name])}" for name in outputs]
        text = "\n\n".join([*parts, "[[ ## completed ## ]]"])
        return habits.dressed(text, answer, rng, realism)

    def _select(self, fields: Fields, rng: random.Random, _: str) -> Answer:
        replies = said_by("supporter", fields["history"])
        cards = cards_in(fields["skills"])
        lines = [*said_by("seeker", fields["history"]), fields["message"]]
        return supporter.select(fields["policy"], cards, lines, replies, rng, self.world)

    def _respond(self, fields: Fields, rng: random.Random, system: str) -> Answer:
        own = worded(active_domain().stage(Respond).instructions)
        extra = _extra_instructions(system, own)
        guidance = fields["skill"] or None
        return {"reply": supporter.respond(guidance, extra, fields["message"], rng, self.world)}

    def _appraise(self, fields: Fields, rng: random.Random, _: str) -> Answer:
        intention, step = fields["hidden_intention"], fields.get("next_step", "")
        facts, said = lines_in(fields.get("facts", "")), said_by("seeker", fields["history"])
        counts = "facts" in fields
        need = need_of_intention(intention)
        if counts:
            need = goals.need_now(intention, facts, step, said)
        earlier = said_by("supporter", fields["history"])
        persona, emotion = fields["persona"], int(fields.get("emotion", EMOTION_START))
        fitted = seekers.fit(persona, need, earlier, fields["reply"], self.world)
        change = seekers.change_of(persona, fitted, emotion, rng, self.world)
        language = language_of(fields["scene"])
        texts = seekers.appraisal_texts(need, fitted, language)
        appraisal: Answer = {**texts, "change": change}
        if counts:
            appraisal["told"] = goals.told_by(fields["reply"], facts, said, emotion, rng)
            appraisal["right_step"] = goals.steps_right(fields["reply"], step)
        return {"appraisal": appraisal}

    def _speak(self, fields: Fields, rng: random.Random, _: str) -> Answer:
        said = said_by("seeker", fields["history"])
        need = need_of_intention(fields["hidden_intention"])
        if active_domain().score.facts:
            felt = f"{fields['goal_fit']} {fields['feeling']}"
            need = goals.on_their_mind(felt, fields["persona"], said, need)
        moment = Moment(fields["scene"], need, fields["language"], fields["level"], said)
        plan = plan_in(fields.get("plan", ""))
        if plan is not None:
            line, farewell = speak(plan, moment, rng, self.world)
        else:
            line = seekers.next_line(*moment, rng, self.world)
            farewell = moment.level in ("glad", "done")
        if not farewell and (facts := goals.facts_to_tell(fields.get("plan", ""))):
            line = f"{line} {' '.join(facts)}"
        if not farewell:
            line = showing(line, fields["persona"], fields["language"], rng)
        if fields.get("event"):
            line = amid(line, fields["event"], fields["language"])
        return {"message": line, "farewell": farewell}

    def _review(self, fields: Fields, rng: random.Random, _: str) -> Answer:
        unsafe = "unsafe" in moves_in(fields["change"].replace('"', " "))
        concern = "It tells people something that could harm them." if unsafe else ""
        return {"concern": concern, "safe": not unsafe}


@lru_cache(maxsize=256)
def _extra_instructions(system: str, own: str) -> str:
    """What the task instructions say beyond the stage's own text; empty if nothing."""
    objective, _, _ = system.partition("\n\nWrite only this:")
    usual = {" ".join(line.split()) for line in own.splitlines()}
    lines = (" ".join(line.split()) for line in objective.splitlines())
    return "\n".join(line for line in lines if line and line not in usual)


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON values
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _filler(outputs: Mapping[str, str]) -> Answer:
    """A harmless answer to a stage that the rehearsal does not know."""
    minimal: dict[str, Any] = {"int": 0, "float": 0.0, "bool": False}
    return {
        name: minimal.get(kind, [] if kind.startswith(("list", "tuple")) else _FILLER)
        for name, kind in outputs.items()
    }


_FILLER = "Listen first and reflect the feeling; then ask one open question."
