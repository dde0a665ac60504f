from fakes import CountingEngine

from esc_skills.programs.models.roles import Models
from esc_skills.programs.simulation.replay import Replay
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.signatures.dialogue import Conversation, Turn
from esc_skills.signatures.strategies import support_strategy

CONVERSATION = Conversation(
    id="c#1",
    turns=(
        Turn(speaker="supporter", text="Hi there."),
        Turn(speaker="seeker", text="My boss shouted at me.", feedback=2),
        Turn(speaker="seeker", text="Again."),
        Turn(speaker="supporter", text="What did he say?", strategy="Questions"),
        Turn(speaker="supporter", text="I would be upset.", strategy="Self-disclosure"),
        Turn(speaker="seeker", text="That I am slow."),
        Turn(speaker="supporter", text="SECRET REFERENCE", strategy="A new label"),
    ),
)


def test_each_first_turn_after_a_seekers_is_answered():
    engine = CountingEngine()
    models = Models(engines={"rehearsal": engine})
    with models.active():
        found = Replay(SupportAgent())(CONVERSATION)
    assert [(r.turn, r.reference, r.labelled) for r in found.responses] == [
        (3, "What did he say?", "question"),
        (6, "SECRET REFERENCE", None),
    ]
    assert found.responses[0].named_reference == "question"
    assert found.responses[1].named is None
    assert found.failures == ()


def test_the_supporter_sees_neither_labels_nor_ratings_nor_the_reference():
    engine = CountingEngine()
    models = Models(engines={"rehearsal": engine})
    with models.active():
        Replay(SupportAgent(), strategies=False)(CONVERSATION)
    asked = "\n".join(request.messages[-1].text or "" for request in engine.requests)
    assert len(engine.requests) == 2
    assert "My boss shouted at me.\nAgain." in asked.replace("\\n", "\n")
    assert "SECRET" not in asked
    assert "Self-disclosure" not in asked
    assert '"feedback": 2' not in asked


def test_labels_of_both_corpora_mean_esconvs_eight_strategies():
    assert (
        support_strategy("Providing Suggestions")
        == support_strategy("Direct Guidance")
        == "suggestion"
    )
    assert support_strategy("Restatement or Paraphrasing") == "restatement"
    assert support_strategy(None) is support_strategy("nonsense") is None
