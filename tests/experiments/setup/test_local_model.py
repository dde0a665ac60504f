import importlib.util

import pytest

from esc_skills.experiments.setup.local_model import LOCAL
from esc_skills.experiments.setup.local_weights import LOCAL_MODELS
from esc_skills.experiments.setup.models import open_models
from esc_skills.programs.models.roles import ROLES, ModelConfig
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent

installed = importlib.util.find_spec("xllamacpp") and LOCAL_MODELS[0].ready


@pytest.mark.local_model
@pytest.mark.skipif(not installed, reason="the extra `local` or its model is not here")
def test_a_real_small_model_plays_over_http_and_its_malformed_replies_are_survived(profiles):
    config = ModelConfig(model=LOCAL, max_tokens=256, temperature=0.7)
    with open_models({role: config for role in ROLES}) as models:
        runner = Runner(models, threads=2)
        (rollout,) = runner.play(SupportAgent(), [(profiles[0], 0)], turns=2)
        spend = models.ledger.spend
    assert spend.calls >= 2
    assert spend.tokens_in > 500
    if not rollout.valid:
        assert rollout.counted_score is None
        stage, _, fault = rollout.error.partition(": ")
        assert stage in ("AppraiseReply", "SpeakAsSeeker", "Respond", "SelectSkill")
        assert fault
