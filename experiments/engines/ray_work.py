"""Work on a Ray cluster: one that runs already, or one that is started on this machine."""

import logging
import os
import signal
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

from esc_skills.programs.models.model_config import ROLES, Role
from esc_skills.programs.models.prompts import prompt_version
from esc_skills.programs.work import Pool

from ..errors import UserError
from .crew_worker import CrewWorker
from .ray_executor import RayExecutor

KEY = "ESC_SKILLS_API_KEY_"
"""How the variables begin that have the key of a role's model, in the environment of a worker."""
STORE = 200_000_000
"""Bytes of the object store of a cluster on this machine; what lies in it is small."""
NO_TOKEN = (
    ". Ray's clusters ask for a token: give what `ray get-auth-token` prints on the first machine "
    "as RAY_AUTH_TOKEN."
)
SHARE = 0.01
"""Processors that a worker reserves: it waits for models most of the time."""


class RayWork(Pool):
    """Executes pieces in threads of processes of a Ray cluster.

    Args:
        threads: Pieces at once, in all workers together, at least 1.
        workers: Processes; one for each processor of the cluster by default, but no more than
            `threads`.
        address: The cluster, e.g. `ray://head:10001`; None starts one on this machine, or uses the
            one that this process is connected to.
        keys: Keys of the models of roles. They reach the workers as environment variables, which
            only a cluster on this machine takes over; elsewhere they must be set already.

    Raises:
        UserError: The cluster cannot be reached, or its workers have another version.
    """

    def __init__(
        self,
        threads: int = 8,
        *,
        workers: int | None = None,
        address: str | None = None,
        keys: Mapping[Role, str] | None = None,
    ) -> None:
        import ray

        self._ours = not ray.is_initialized()
        if self._ours:
            _connect(address, keys or {})
        crew = min(threads, workers or int(ray.cluster_resources().get("CPU", 1)))
        each = -(-threads // crew)
        remote = _remote(_RayWorker, max_concurrency=4, scheduling_strategy="SPREAD")
        try:
            _require_same_version()
            executor = RayExecutor(lambda: remote.remote(each), crew, each)
        except BaseException:
            self._disconnect()
            raise
        super().__init__(executor, threads)

    def close(self) -> None:
        """Start nothing any more, and end the workers; a cluster that was started here ends."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._disconnect()

    def _disconnect(self) -> None:
        import ray

        if self._ours and ray.is_initialized():
            ray.shutdown()


class _RayWorker(CrewWorker):
    """A worker in a process of Ray."""

    def __init__(self, threads: int) -> None:
        keys: dict[Role, str] = {
            role: os.environ[name] for role in ROLES if (name := key_variable(role)) in os.environ
        }
        super().__init__(threads, keys)


class _Probe:
    """Says what version of the prompts a worker would have."""

    def version(self) -> str:
        """It changes with the package."""
        return prompt_version()


def key_variable(role: Role) -> str:
    """The environment variable that has the key of a role's model."""
    return KEY + role.upper()


def _connect(address: str | None, keys: Mapping[Role, str]) -> None:
    """Connect to a cluster, or start one whose workers have the keys in their environment."""
    import ray

    logging.getLogger("ray").setLevel(logging.ERROR)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    ours = (signal.SIGTERM, signal.SIGINT) if current_thread() is main_thread() else ()
    handlers = {number: signal.getsignal(number) for number in ours}
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    local: dict[str, Any] = {"include_dashboard": False, "object_store_memory": STORE}
    try:
        with _environment({key_variable(role): key for role, key in keys.items()}):
            how = quiet if address else quiet | local
            # "local": never one that another run, or another user, has left on this machine
            _started(lambda: ray.init(address or "local", **how))
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        where = f"at {address}" if address else "on this machine"
        hint = "" if _has_token() or not address else NO_TOKEN
        raise UserError(f"a Ray cluster must be reachable {where}, but: {reason}{hint}") from error
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def send_token() -> None:
    """Let Ray send its token, if there is one; to be called before Ray is imported."""
    if _has_token():
        os.environ.setdefault("RAY_AUTH_MODE", "token")


def _has_token() -> bool:
    """Whether there is a token for clusters that ask for one, where Ray looks for it."""
    named = os.environ.get("RAY_AUTH_TOKEN") or os.environ.get("RAY_AUTH_TOKEN_PATH")
    return bool(named) or (Path.home() / ".ray" / "auth_token").exists()


def _started(start: Callable[[], object]) -> None:
    """Start Ray, again if need be: it waits 30 s for itself, too little on a busy machine."""
    import ray

    try:
        start()
    except Exception:  # noqa: BLE001 - Ray raises no other kind
        ray.shutdown()
        start()


@contextmanager
def _environment(variables: Mapping[str, str]) -> Generator[None]:
    """Within the block the environment has some variables, for the processes that start there."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _remote(kind: type, **options: object) -> Any:  # noqa: ANN401 - Ray has no type for it
    """A class whose instances live in processes of the cluster."""
    import ray

    make: Any = ray.remote
    return make(num_cpus=SHARE, **options)(kind)


def _require_same_version() -> None:
    """Make sure that workers are of this version.

    Raises:
        UserError: They are not, or cannot be started.
    """
    import ray

    probe = _remote(_Probe).remote()
    try:
        version: Any = ray.get(probe.version.remote())
    except Exception as error:
        reason = " ".join(str(error).split())[-200:]
        raise UserError(
            f"the machines of the Ray cluster must have esc-skills installed, but: {reason}"
        ) from error
    finally:
        ray.kill(probe)
    if version != prompt_version():
        raise UserError(
            "the machines of the Ray cluster must have this version of esc-skills, but have one "
            "whose prompts differ. Install the same version there."
        )
