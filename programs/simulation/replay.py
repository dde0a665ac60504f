"""Replays real conversations: what would the supporter have said at each of these turns?

The supporter sees the spoken words up to that point and nothing of the corpus's labels.
"""

import dspy

from esc_skills.signatures.dialogue import Conversation, Turn
from esc_skills.signatures.frozen import Frozen
from esc_skills.signatures.strategies import NameStrategy, SupportStrategy, support_strategy

from ..learning.miner import merged
from ..models.failures import DialogueError
from ..models.role_predict import RolePredict, require_text
from ..models.seeds import seed_scope
from ..support.support_agent import SupportAgent


class Response(Frozen):
    """What a supporter said in the place of a real one."""

    conversation: str
    turn: int
    """Place of the real turn in its conversation, from 0."""
    reference: str
    """What the real supporter said."""
    reply: str
    labelled: SupportStrategy | None
    """Strategy of the reference by the corpus; None without a label, then none is named."""
    named: SupportStrategy | None = None
    """Strategy of the reply, as the judge names it."""
    named_reference: SupportStrategy | None = None
    """Strategy of the reference, as the judge names it: how far the judge can be trusted."""


class Replay:
    """Answers each supporter turn of a conversation that follows a seeker's.

    Like the seeker no `dspy.Module`: the judge must be out of reach of whoever optimizes the agent.

    Args:
        agent: The supporter.
        strategies: Whether the judge names strategies, for two more calls a turn.
    """

    def __init__(self, agent: SupportAgent, *, strategies: bool = True) -> None:
        self.agent = agent
        self.strategies = strategies
        self.name = RolePredict(NameStrategy, role="judge")

    def __call__(self, conversation: Conversation) -> dspy.Prediction:
        """Replay one conversation.

        Returns:
            A prediction with `responses` (tuple of Response) and `failures` (tuple of str): turns
            that a model failed to answer are missing data.

        Raises:
            BudgetExhausted: The budget ran out on the way.
        """
        responses: list[Response] = []
        failures: list[str] = []
        turns = conversation.turns
        for place in range(1, len(turns)):
            if turns[place].speaker == "seeker" or turns[place - 1].speaker == "supporter":
                continue
            try:
                with seed_scope("replay", conversation.id, place):
                    responses.append(self._response(conversation, place))
            except DialogueError as error:
                failures.append(str(error))
        return dspy.Prediction(responses=tuple(responses), failures=tuple(failures))

    def _response(self, conversation: Conversation, place: int) -> Response:
        real = conversation.turns[place]
        said = [Turn(speaker=t.speaker, text=t.text) for t in conversation.turns[:place]]
        *history, message = merged(said)
        answer = self.agent(history=history, message=message.text)
        reply = require_text("Respond", answer.reply)
        labelled = support_strategy(real.strategy)
        asked = self.strategies and labelled is not None
        return Response(
            conversation=conversation.id,
            turn=place,
            reference=real.text,
            reply=reply,
            labelled=labelled,
            named=self.name(message=message.text, turn=reply).strategy if asked else None,
            named_reference=(
                self.name(message=message.text, turn=real.text).strategy if asked else None
            ),
        )
