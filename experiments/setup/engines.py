"""What executes the work of an experiment, by name."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from esc_skills.programs.models.model_config import ModelConfig, Role
from esc_skills.programs.work import Threads, Work

from ..engines.names import ENGINES, RAY, RAY_ADDRESS
from ..errors import UserError
from .config import Experiment
from .extras import require_extra


def open_work(experiment: Experiment) -> Work:
    """What executes the pieces of an experiment's work.

    Raises:
        UserError: Ray is not installed or cannot be reached, or a key would travel to a cluster.
        PluginError: There is no such engine.
    """
    name = experiment.engine
    keys = _keys(experiment.role_models, _address(name)) if _is_ray(name) else None
    return engine_named(name, experiment.threads, experiment.workers, keys)


def engine_named(
    name: str, threads: int, workers: int | None = None, keys: Mapping[Role, str] | None = None
) -> Work:
    """An engine that executes anything which can be pickled.

    Args:
        name: One of `ENGINES`, `ray://ADDRESS`, or `module:Name`.
        threads: Pieces at once, in all workers together.
        workers: Processes of Ray; one a processor by default.
        keys: Keys of the models of roles, for workers on this machine.

    Raises:
        UserError: Ray is not installed or cannot be reached.
        PluginError: There is no such engine.
    """
    if name == "threads":
        return Threads(threads)
    if not _is_ray(name):
        return ENGINES[name](threads)  # type: ignore[call-arg] - an engine takes how many at once
    from ..engines.ray_work import RayWork, send_token

    address = _address(name)
    if address:
        send_token()
    require_extra("ray", f"The engine `{name}`")
    return RayWork(threads, workers=workers, address=address, keys=keys)


def _is_ray(engine: str) -> bool:
    return engine == RAY or _address(engine) is not None


def _address(engine: str) -> str | None:
    """Where a cluster runs already; None for one that is to be started."""
    return engine if engine.startswith(RAY_ADDRESS) else None


def _keys(models: dict[Role, ModelConfig], address: str | None) -> dict[Role, str]:
    """The keys that a configuration names, which only workers on this machine can be given.

    Raises:
        UserError: The workers are elsewhere, or a key stands in an address.
    """
    for role, config in models.items():
        if any("@" in urlsplit(server.url).netloc for server in config.servers):
            raise UserError(
                f"the address of the {role} must have no password in it, since it is sent to the "
                "workers. Give the key as api_key, or as the provider's variable."
            )
    keys: dict[Role, str] = {
        role: c.api_key.get_secret_value() for role, c in models.items() if c.api_key
    }
    if address and keys:
        from ..engines.ray_work import key_variable

        role = next(iter(keys))
        raise UserError(
            f"the key of the {role} must not be sent to a cluster. Leave out api_key, and set "
            f"{key_variable(role)} or the provider's own variable on the machines of {address}."
        )
    return keys
