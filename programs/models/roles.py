"""Models by role: supporter, seeker, analyst and judge.

A model is any LiteLLM name, an OpenAI-compatible endpoint (`api_base`), or the name of an
in-process engine that the caller hands in. Every call is seeded, metered and held to the budget.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any

import dspy

from esc_skills.signatures.domains import Domain
from esc_skills.signatures.frozen import content_hash
from esc_skills.signatures.wording import wording

from ..domains.reading import default_domain, is_default
from .adapter import ChatAdapter, StructuredAdapter
from .endpoints import Endpoints
from .health import Health
from .ledger import Ledger
from .model_config import ROLES, ModelConfig, Role
from .notices import Notices
from .prompt_cache import PromptUse
from .readings import Readings
from .role_lm import RoleLM


class Models:
    """The four role models of a run, on one ledger.

    Args:
        configs: A configuration for each role, or one for all. A role without one is played by the
            in-process engine, where there is exactly one.
        ledger: Counts and bounds every call; unlimited by default.
        engines: In-process engines by model name, e.g. `{"rehearsal": RehearsalEngine()}`.
        healths: What is known of the models, by name and addresses; nothing by default.
        notices: What has happened to servers; nothing by default.
        domain: What the stages are about; emotional support by default.

    Raises:
        ValueError: A role has no model, or one server is given two limits a minute.
    """

    def __init__(
        self,
        configs: ModelConfig | Mapping[Role, ModelConfig] | None = None,
        *,
        ledger: Ledger | None = None,
        engines: Mapping[str, object] | None = None,
        healths: dict[tuple[str, str | None], Health] | None = None,
        notices: Notices | None = None,
        domain: Domain | None = None,
    ) -> None:
        self.domain = domain or default_domain()
        self.ledger = ledger or Ledger()
        self.readings = Readings()
        """How the answers could be read, by stage and model."""
        self.engines = dict(engines or {})
        self.configs = _config_of_each_role(configs, self.engines)
        self.healths = {} if healths is None else healths
        self.notices = notices or Notices()
        self.lms: dict[Role, RoleLM] = {
            role: RoleLM(
                role, config, self.ledger, self.engines.get(config.model), self._health_of(config)
            )
            for role, config in self.configs.items()
        }

    @property
    def identity(self) -> str:
        """Hash of what can change the models' answers."""
        answering: dict[str, Any] = {role: c.identity for role, c in self.configs.items()}
        if not is_default(self.domain):
            answering["domain"] = self.domain.identity
        return content_hash(answering)

    def prompts(self, role: Role) -> PromptUse:
        """The prompts that a role was asked since these models were made."""
        return self.lms[role].prompts.use

    def with_own_readings(self) -> "Models":
        """The very same models, whose readings are counted apart."""
        apart = copy(self)
        apart.readings = Readings()
        return apart

    def with_ledger(self, ledger: Ledger) -> "Models":
        """The same models, counted elsewhere."""
        return Models(
            self.configs,
            ledger=ledger,
            engines=self.engines,
            healths=self.healths,
            notices=self.notices,
            domain=self.domain,
        )

    @property
    def learnt(self) -> tuple[str, ...]:
        """Which parameters which models refuse, as far as is known by now."""
        habits = [health.habits for health in self.healths.values()]
        return tuple(sorted(f"{h.model} {clause}" for h in habits for clause in h.told))

    def require_any_answer(self) -> None:
        """Make sure that every server which was asked anything answered at least once.

        Raises:
            Outage: One did not; names it.
        """
        for health in self.healths.values():
            health.require_any_answer()

    def as_a_service(self) -> "Models":
        """The same models, for a service that never ends.

        A server that is down fails its calls and no more, and nothing is kept of the prompts.
        """
        for health in self.healths.values():
            health.patience = None
        for lm in self.lms.values():
            lm.prompts.keep_nothing()
        return self

    def _health_of(self, config: ModelConfig) -> Health:
        """What is known of the servers that a configuration reaches; roles share it."""
        endpoints = Endpoints(config, self.notices)
        fresh = Health(config.address, config.outage_after, endpoints)
        health = self.healths.setdefault(config.place, fresh)
        health.must_have(endpoints)
        return health

    @contextmanager
    def active(self) -> Generator[None]:
        """Within the block (and thread), stages are answered by these models."""
        with (
            wording(self.domain.words),
            dspy.context(
                role_models=self,
                lm=self.lms["supporter"],
                adapter=_ADAPTER,
                disable_history=False,  # RoleLM takes the usage from the record and drops it
                warn_on_type_mismatch=False,
            ),
        ):
            yield


def _config_of_each_role(
    configs: ModelConfig | Mapping[Role, ModelConfig] | None, engines: Mapping[str, object]
) -> dict[Role, ModelConfig]:
    if isinstance(configs, ModelConfig):
        return dict.fromkeys(ROLES, configs)
    given = dict(configs or {})
    missing = [role for role in ROLES if role not in given]
    if missing and len(engines) != 1:
        raise ValueError(
            f"each role needs a model, but there is none for {', '.join(missing)}. Give one for "
            'all, for example Models(ModelConfig(model="openai/gpt-4.1-mini")), or use '
            "rehearsal_models() to play offline."
        )
    return {role: given.get(role) or ModelConfig(model=next(iter(engines))) for role in ROLES}


_ADAPTER = ChatAdapter()
_STRUCTURED = StructuredAdapter()


def adapter_of(lm: dspy.LM | None) -> dspy.Adapter | None:
    """The prompt format for a role's model; None where DSPy's own setting applies."""
    if not isinstance(lm, RoleLM):
        return None
    return _ADAPTER if lm.format == "chat" else _STRUCTURED


def demonstrating(lm: dspy.LM | None) -> bool:
    """Whether a role's model is shown demonstrations; always where DSPy's own setting applies."""
    return lm.config.demonstrations if isinstance(lm, RoleLM) else True


def role_lm(role: Role) -> dspy.LM | None:
    """The active model of a role; None outside `Models.active`, where DSPy's own LM applies."""
    models = active_models()
    return None if models is None else models.lms[role]


def active_models() -> Models | None:
    """The models of the present block; None outside `Models.active`."""
    return dspy.settings.get("role_models", None)
