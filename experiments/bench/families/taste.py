"""An appraiser with persistent tastes for wordings that say the same.

Models that judge are moved by wording and format beyond meaning (Sclar et al., ICLR 2024; Wang et
al., ACL 2024), always in the same direction, so that rewordings are no exact nulls.
"""

import random
from functools import lru_cache

from esc_skills.programs.models.seeds import derive_seed

from .setting import Setting
from .words import acts_in, wording_of


@lru_cache(maxsize=50_000)
def liking(reply: str, setting: Setting) -> float:
    """Log-odds by which the appraiser likes how a reply is worded."""
    if not setting.taste:
        return 0.0
    acts = acts_in(reply)[:2]
    found = [_of(act, wording_of(reply, act), setting.seed) for act in acts]
    return setting.taste * sum(found) / max(1, len(found))


@lru_cache(maxsize=5_000)
def _of(act: str, wording: int, seed: int) -> float:
    return random.Random(derive_seed("taste", act, wording, seed)).gauss(0, 1)
