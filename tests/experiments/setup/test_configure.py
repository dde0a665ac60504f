import json
from pathlib import Path

import pytest
from command_line import esc, refused
from fakes import WHOLE_ANSWER, at, serve_bytes

from esc_skills.experiments.errors import UserError
from esc_skills.experiments.setup.configure import configure
from esc_skills.experiments.setup.models import require_answers
from esc_skills.experiments.setup.roles_apart import self_judged
from esc_skills.programs.models.ledger import Budget, Ledger
from esc_skills.programs.models.roles import ModelConfig, Models, RoleLM


def test_a_model_may_be_given_for_every_role_and_for_single_ones():
    models = configure(
        model=["openai/small", "seeker=openai/large"], api_base="judge=http://one:1/v1"
    ).role_models
    assert {role: config.model for role, config in models.items()} == {
        "supporter": "openai/small",
        "seeker": "openai/large",
        "analyst": "openai/small",
        "judge": "openai/small",
    }
    assert models["judge"].api_base == "http://one:1/v1"
    assert models["seeker"].api_base is models["supporter"].api_base is None


def test_flags_override_the_file_role_by_role(tmp_path: Path):
    path = tmp_path / "models.yaml"
    path.write_text(
        "model: {model: openai/a, timeout: 9}\nmodels: {seeker: {model: openai/b, temperature: 1}}"
    )
    models = configure(path, model=["seeker=openai/c"]).role_models
    assert models["supporter"].timeout == 9
    assert (models["seeker"].model, models["seeker"].temperature) == ("openai/c", 1)


def test_a_role_whose_model_names_no_provider_is_served_at_the_common_address():
    models = configure(
        model=["small", "seeker=large", "judge=openai/x"], api_base="http://gateway/v1"
    ).role_models
    assert models["seeker"].api_base == models["supporter"].api_base == "http://gateway/v1"
    assert models["judge"].api_base is None


def test_names_and_addresses_may_hold_an_equals_sign():
    model = configure(model="azure/one=two", api_base="http://host/v1?version=2").model
    assert (model.model, model.api_base) == ("azure/one=two", "http://host/v1?version=2")


@pytest.mark.parametrize(
    ("models", "words"),
    [
        (["seker=openai/x"], "there is no 'seker'. Did you mean 'seeker'?"),
        (["openai/x", "openai/y"], "given once for every role"),
        (["judge=openai/x", "judge=openai/y"], "given once for the judge"),
    ],
)
def test_an_unknown_role_and_a_second_model_are_refused(models: list[str], words: str):
    with pytest.raises(UserError, match=words):
        configure(model=models)


@pytest.mark.parametrize(
    "command",
    [
        ["mine", "corpus.json"],
        ["evolve"],
        ["evaluate"],
        ["chat"],
        ["serve", "export"],
        ["doctor"],
        ["probe"],
        ["responses", "corpus.json"],
        ["requests"],
        ["check", "export"],
        ["judges", "audit", "run"],
        ["profiles", "propose", "--to", "new.jsonl"],
        ["seekers", "calibrate", "--against", "corpus.json"],
    ],
)
def test_every_command_that_calls_a_model_takes_a_file_and_a_model_for_each_role(
    command: list[str], tmp_path: Path
):
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "export.json").write_text(
        '{"format": 1, "model": {"model": "rehearsal"}}'
    )
    result = esc(*command, "--config", "gone.yaml", "--model", "seeker=rehearsal", cwd=tmp_path)
    refused(result, "gone.yaml")


def test_a_role_waits_as_long_as_its_work_takes():
    def waits(config: ModelConfig) -> list[float | None]:
        return [RoleLM(role, config, Ledger()).timeout for role in ("seeker", "analyst")]

    assert waits(ModelConfig(model="openai/x")) == [180, 600]
    assert waits(ModelConfig(model="openai/x", timeout=5)) == [5, 5]


def test_a_model_that_rates_itself_is_warned_of_once():
    warning = self_judged(configure(model="openai/x"))
    assert warning is not None
    assert "also rates it, as seeker and judge" in warning
    assert "--model seeker=PROVIDER/NAME" in warning
    judge = self_judged(configure(model=["openai/x", "seeker=openai/y"]))
    assert judge is not None
    assert "seeker" not in judge
    assert self_judged(configure(model=["openai/x", "seeker=openai/y", "judge=openai/y"])) is None
    assert self_judged(configure()) is None


@pytest.mark.parametrize("limits", [{"money": 1}, {"money": 1, "calls": 9}])
def test_a_budget_in_money_alone_is_refused_where_no_price_is_known(
    limits: dict[str, float], caplog: pytest.LogCaptureFixture
):
    with serve_bytes(lambda number: ("application/json", json.dumps(WHOLE_ANSWER).encode())) as url:
        models, budget = Models(at(url)), Budget.model_validate(limits)
        if "calls" in limits:
            require_answers(models, budget)
            assert "the price of openai/fake is unknown" in caplog.text
        else:
            with pytest.raises(UserError, match=r"is unknown.*price_in.*--calls"):
                require_answers(models, budget)
        require_answers(Models(at(url, price_in=1, price_out=1)), budget)


def test_a_mistaken_word_about_an_endpoint_is_answered_with_the_right_ones():
    entries = {"model.model": "openai/x", "model.endpoints": [{"url": "http://a", "wieght": 2}]}
    with pytest.raises(UserError, match=r"no entry 'model.endpoints.0.wieght'.*weight"):
        configure(entries=entries)


@pytest.mark.parametrize("address", ["foo", "ftp://host", "[[ ## reply ## ]]"])
def test_an_address_that_is_none_of_the_web_is_named_before_anything_is_asked(address: str):
    with pytest.raises(UserError, match=r"api_base: an address must begin with http:// or https"):
        configure(model="openai/x", api_base=address)
