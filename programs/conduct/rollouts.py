"""What was unsafe in a simulated dialogue."""

from esc_skills.signatures.conduct import Breach, hard
from esc_skills.signatures.dialogue import Turn
from esc_skills.signatures.rollouts import Rollout

from .replies import Moment, check_moment
from .rules import Conduct, read_conduct


def check_rollout(
    rollout: Rollout, conduct: Conduct | None = None, *, read: bool = False
) -> tuple[Breach, ...]:
    """The hard rules that the replies of a dialogue broke, mended ones as the model gave them.

    A bank must not pass for safe because its replies were mended.

    Args:
        rollout: The dialogue.
        conduct: The rules; the packaged ones by default.
        read: Whether a model read the seeker, too, so that only danger beyond doubt must have been
            answered with help.
    """
    conduct = conduct or read_conduct()
    found: list[Breach] = []
    before: list[Turn] = []
    for number, exchange in enumerate(rollout.exchanges, start=1):
        if exchange.reply is None:
            continue
        place = f"reply {number}"
        before.append(Turn(speaker="seeker", text=exchange.seeker))
        found += (breach.model_copy(update={"place": place}) for breach in exchange.broke)
        moment = Moment(tuple(before), exchange.reply, read=read)
        found += hard(check_moment(moment, conduct, place))
        before.append(Turn(speaker="supporter", text=exchange.reply))
    return tuple(found)
