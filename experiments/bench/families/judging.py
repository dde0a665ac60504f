"""A judge of these worlds who reads words only, and guesses from them with noise."""

import random
from collections.abc import Mapping
from typing import Any

from .setting import Setting, worth_of
from .words import acts_in, topics_in

NOISE = 0.8
"""Standard deviation of an impression, in log-odds."""
CRITERIA = ("connects", "feeling", "inviting", "timely", "accepting", "fresh")


def checks(fields: Mapping[str, str], rng: random.Random, setting: Setting) -> dict[str, Any]:
    """The criteria of one reply: the better its acts suit the topic, the more of them are met."""
    reply, worth = fields["response"], worth_of(setting)
    topics = topics_in(fields["message"]) or topics_in(fields["history"])
    acts = acts_in(reply)[:2]
    wanted = {worth.called_for.get(topic) for topic in topics}
    seen = sum(worth.general[act] + setting.special * (act in wanted) for act in acts)
    impression = seen / max(1, len(acts))
    return {
        "checks": {
            name: {"quote": reply[:30], "met": impression + rng.gauss(0, NOISE) > 0}
            for name in CRITERIA
        }
    }
