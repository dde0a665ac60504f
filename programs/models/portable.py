"""Models as another process makes them: without keys, and with its share of what servers take."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from esc_skills.signatures.domains import Domain

from .formats import AnswerFormat
from .model_config import ModelConfig, Role
from .roles import Models

_Learnt = Mapping[tuple[str, str | None], tuple[dict[str, str | None], AnswerFormat | None]]


@dataclass(frozen=True)
class PortableModels:
    """What a process needs to make the models of a run again.

    Attributes:
        configs: The configuration of each role; no key is in it.
        engines: In-process engines by name.
        domain: What the stages are about.
        learnt: What each server is known to refuse, by model and address.
    """

    configs: Mapping[Role, ModelConfig]
    engines: Mapping[str, object]
    domain: Domain
    learnt: _Learnt

    def models(self, keys: Mapping[Role, str]) -> Models:
        """The models, without a budget.

        Args:
            keys: The key of each role whose model needs one.
        """
        configs: dict[Role, ModelConfig] = {
            role: config.model_copy(update={"api_key": SecretStr(keys[role])})
            if role in keys
            else config
            for role, config in self.configs.items()
        }
        models = Models(configs, engines=self.engines, domain=self.domain)
        for address, (habits, way) in self.learnt.items():
            models.healths[address].habits.know(habits)
            models.healths[address].formats.know(way)
        return models


def portable(models: Models, processes: int) -> PortableModels:
    """The models, for so many processes, which share what a server takes at once and in a minute.

    Raises:
        ValueError: A server takes less in a minute than one request of each process.
    """
    learnt: _Learnt = {
        address: (health.habits.known, health.formats.known)
        for address, health in models.healths.items()
    }
    configs: dict[Role, ModelConfig] = {
        role: _part(config, processes) for role, config in models.configs.items()
    }
    return PortableModels(configs, models.engines, models.domain, learnt)


def _part(config: ModelConfig, processes: int) -> ModelConfig:
    """One process's part of a configuration."""
    requests, tokens = config.requests_per_minute, config.tokens_per_minute
    for name, limit, least in (
        ("requests_per_minute", requests, processes),
        ("tokens_per_minute", tokens, 1000 * processes),
    ):
        if limit is not None and limit < least:
            raise ValueError(
                f"{name} of {config.address} must be at least {least} for {processes} workers, but "
                f"is {limit}. Use fewer workers."
            )
    return config.model_copy(
        update={
            "api_key": None,
            "concurrency": -(-config.concurrency // processes),
            "requests_per_minute": requests and requests // processes,
            "tokens_per_minute": tokens and tokens // processes,
        }
    )
