"""An engine that answers every stage in one of these worlds; stateless, as the rehearsal's."""

import random
from collections.abc import Mapping
from typing import Any

from esc_skills.signatures.protocol import EMOTION_START

from ...rehearsal.engine import RehearsalEngine
from ...rehearsal.prompts import cards_in, said_by
from . import editor, judging, rewriting, seeker, supporter
from .feeling import Moment, feel
from .people import person_of
from .setting import Setting
from .words import is_closed, is_unsafe

Fields = Mapping[str, str]
Answer = dict[str, Any]


class FamilyEngine(RehearsalEngine):
    """Reads prompts as the rehearsal does, and answers out of another world.

    Judges other than the checklist are the rehearsal's; they know no word of this world and hardly
    tell one reply from another.

    Args:
        setting: The world.
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.setting = setting
        self._stages |= {
            frozenset({"findings"}): lambda f, rng, _: editor.diagnose(f),
            frozenset({"edits"}): lambda f, rng, _: editor.propose(f, rng, setting),
            frozenset({"new_text"}): lambda f, rng, _: rewriting.rewrite(f, rng, setting),
            frozenset({"proposed_instruction"}): (
                lambda f, rng, _: rewriting.instruct(f, rng, setting)
            ),
            frozenset({"discussion", "module_advice"}): (
                lambda f, rng, _: rewriting.advise(f, rng, setting)
            ),
            frozenset({"checks"}): lambda f, rng, _: judging.checks(f, rng, setting),
            frozenset({"skill"}): lambda f, rng, _: editor.distil(f, rng, setting),
        }

    def _select(self, fields: Fields, rng: random.Random, _: str) -> Answer:
        said = [*said_by("seeker", fields["history"]), fields["message"]]
        name = supporter.select(
            fields["policy"], cards_in(fields["skills"]), said, len(said) - 1, rng
        )
        return {"why": "It fits best.", "skill": name}

    def _respond(self, fields: Fields, rng: random.Random, system: str) -> Answer:
        return {"reply": supporter.respond(fields["skill"] or None, "", rng, self.setting)}

    def _appraise(self, fields: Fields, rng: random.Random, _: str) -> Answer:
        history = fields["history"]
        person = person_of(fields["persona"], fields["hidden_intention"])
        moment = Moment(
            person=person,
            earlier=tuple(said_by("supporter", history)),
            reply=fields["reply"],
            emotion=int(fields.get("emotion", EMOTION_START)),
            closed=any(map(is_closed, said_by("seeker", history))),
        )
        felt = feel(moment, rng, self.setting)
        texts = seeker.thoughts(person, felt, len(moment.earlier), rng)
        return {"appraisal": {**texts, "change": felt.change}}

    def _speak(self, fields: Fields, rng: random.Random, _: str) -> Answer:
        said = said_by("seeker", fields["history"])
        person = person_of(fields["persona"], fields["hidden_intention"])
        closes = is_closed(fields["goal_fit"])
        line = seeker.next_line(person, fields["level"], said, closes, rng)
        return {"message": line, "farewell": fields["level"] in ("glad", "done")}

    def _review(self, fields: Fields, rng: random.Random, _: str) -> Answer:
        unsafe = is_unsafe(fields["change"])
        return {"concern": "It could harm somebody." if unsafe else "", "safe": not unsafe}
