"""The same results on a Ray cluster, with workers that die, and without a key on its way."""

import logging
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from fakes import Endpoint, serve, without_time
from pydantic import SecretStr

from esc_skills.experiments.bench.tournament import Plan, run_tournament
from esc_skills.experiments.errors import UserError
from esc_skills.experiments.setup.config import load_experiment
from esc_skills.experiments.setup.engines import engine_named, open_work
from esc_skills.programs.models.model_config import ROLES, ModelConfig
from esc_skills.programs.models.portable import portable
from esc_skills.programs.models.roles import Models
from esc_skills.programs.runner import Runner
from esc_skills.programs.support.support_agent import SupportAgent
from esc_skills.programs.work import Inline
from esc_skills.signatures.profiles import Profile
from esc_skills.testing import WorkContract

ray = pytest.importorskip("ray")
from esc_skills.experiments.engines.ray_work import STORE, RayWork  # noqa: E402

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Generator[None]:
    """One cluster for all tests; a `RayWork` uses it and lets it run."""
    logging.getLogger("ray").setLevel(logging.ERROR)
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    ray.init(num_cpus=4, include_dashboard=False, object_store_memory=STORE, log_to_driver=False)
    yield
    ray.shutdown()


class TwoWorkers(RayWork):
    def __init__(self) -> None:
        super().__init__(4, workers=2)


class TestTwoWorkers(WorkContract):
    plugin = TwoWorkers


def test_a_search_takes_the_same_decisions_on_threads_and_on_ray(tmp_path: Path):
    from esc_skills.experiments.work.evolve import evolve

    small = {
        "tracking": "none", "search.generations": 2, "search.train_rollouts": 6,
        "search.rule.max_pairs": 16, "search.test_replicates": 1, "search.policy_trials": 2,
        "search.policy_pairs": 4,
    }  # fmt: skip
    one, *others = (
        without_time(evolve(load_experiment(None, {**small, **how}), tmp_path / str(number)))
        for number, how in enumerate(
            (
                {"threads": 1},
                {"threads": 8, "engine": "ray", "workers": 2},
                {"threads": 8, "engine": "ray", "workers": 4},
            )
        )
    )
    assert others == [one, one]


def test_every_worker_passes_over_a_dead_endpoint_and_its_user_is_told_of_it_once(
    profiles: list[Profile],
):
    pairs = [(profile, 0) for profile in profiles[:8]]
    with serve(Endpoint(lambda number: (200, None, 0))) as address:
        urls = [{"url": address}, {"url": "http://127.0.0.1:9/v1"}]
        config = {"model": "openai/fake", "endpoints": urls, "retries": 0, "timeout": 5}
        models = Models(ModelConfig.model_validate(config))
        with RayWork(4, workers=2) as work:
            rollouts = Runner(models, work=work).play(SupportAgent(), pairs, turns=4)
    assert all(rollout.valid for rollout in rollouts)
    (sentence,) = models.notices.sentences
    assert sentence.startswith("the endpoint 127.0.0.1:9 of openai/fake is down")


def test_a_key_never_travels_to_a_worker():
    key = SecretStr("sk-secret")
    config = ModelConfig(model="openai/x", api_base="http://localhost:1/v1", api_key=key)
    sent = portable(Models(config), 2)
    assert b"sk-secret" not in ray.cloudpickle.dumps(sent)
    assert all(config.api_key is None for config in sent.configs.values())
    models = sent.models(dict.fromkeys(ROLES, "sk-secret"))
    assert models.lms["judge"].kwargs["api_key"] == "sk-secret"


def test_a_key_for_another_machine_is_refused_in_a_sentence():
    model = {"model": "openai/x", "api_key": "sk-secret"}
    experiment = load_experiment(None, {"model": model, "engine": "ray://head:10001"})
    with pytest.raises(UserError, match="must not be sent to a cluster") as caught:
        open_work(experiment)
    assert "sk-secret" not in str(caught.value)


def test_limits_of_a_server_are_shared_by_the_workers():
    config = ModelConfig(model="x/y", concurrency=9, requests_per_minute=90)
    part = portable(Models(config), 4).configs["seeker"]
    assert (part.concurrency, part.requests_per_minute) == (3, 22)
    with pytest.raises(ValueError, match="at least 91 for 91 workers"):
        portable(Models(config), 91)


def test_contests_of_optimizers_end_the_same_in_workers(tmp_path: Path):
    plan = Plan(optimizers=("none",), budgets=(1_000,), seeds=2)
    here = run_tournament(plan, tmp_path / "here.jsonl", Inline)
    there = run_tournament(plan, tmp_path / "there.jsonl", lambda: engine_named("ray", 2, 2))
    assert [score.model_copy(update={"seconds": 0}) for score in here] == [
        score.model_copy(update={"seconds": 0}) for score in there
    ]
