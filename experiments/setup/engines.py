"""What executes the work of an experiment, by name."""

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
    name, threads = experiment.engine, experiment.threads
    address = name if name.startswith(RAY_ADDRESS) else None
    if name == "threads":
        return Threads(threads)
    if name != RAY and address is None:
        return ENGINES[name](threads)  # type: ignore[call-arg] - an engine takes how many at once
    from ..engines.ray_work import RayWork, send_token

    if address:
        send_token()
    require_extra("ray", f"The engine `{name}`")
    keys = _keys(experiment.role_models, address)
    return RayWork(threads, workers=experiment.workers, address=address, keys=keys)


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
