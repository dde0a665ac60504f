"""What was unsafe in a simulated dialogue."""

from esc_skills.signatures.conduct import Breach, hard
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.rollouts import Rollout

from .replies import check_reply
from .rules import Conduct


def check_rollout(rollout: Rollout, conduct: Conduct | None = None) -> tuple[Breach, ...]:
    """The hard rules that the replies of a dialogue broke, mended ones as the model gave them.

    A bank must not pass for safe because its replies were mended.

    Args:
        rollout: The dialogue.
        conduct: The rules; the packaged ones by default.
    """
    found: list[Breach] = []
    before: list[Turn] = []
    for number, exchange in enumerate(rollout.exchanges, start=1):
        if exchange.reply is None:
            continue
        place = f"reply {number}"
        before.append(Turn(speaker="seeker", text=exchange.seeker))
        found += (breach.model_copy(update={"place": place}) for breach in exchange.broke)
        found += hard(check_reply(exchange.reply, before, place=place, conduct=conduct))
        before.append(Turn(speaker="supporter", text=exchange.reply))
    return tuple(found)
