"""Files to serve an export in a container: a Dockerfile, a compose file, and what they run."""

import importlib.metadata
import platform
from collections.abc import Iterable, Iterator

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SERVER = "server-requirements.txt"
"""The packages of the container, each with its version, with all that they need."""

DOCKERFILE = """\
FROM python:{python}-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp DSPY_CACHEDIR=/tmp/dspy \\
    LITELLM_LOCAL_MODEL_COST_MAP=True
WORKDIR /app
COPY server-requirements.txt .
RUN pip install --no-cache-dir --requirement server-requirements.txt \\
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin server
COPY {files} ./
COPY code code
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD \\
    ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health')"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "serve.py"]
CMD ["--host", "0.0.0.0", "--port", "8000", "--keys", "/run/secrets/keys"]
"""

COMPOSE = """\
# Put keys.json (esc-skills keys add NAME --role talk --keys keys.json) and .env (the provider's key
# variable, and ESC_SKILLS_MODEL to use another model) beside this file, then: docker compose up
services:
  supporter:
    build: .
    image: esc-skills-supporter:{identity}
    ports: ["127.0.0.1:8000:8000"]
    env_file: [.env]
    secrets: [keys]
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 1g
    restart: unless-stopped
    stop_grace_period: 40s
secrets:
  keys:
    file: keys.json
"""


def dockerfile(files: Iterable[str]) -> str:
    """The Dockerfile, with the Python of this process.

    Args:
        files: What the server reads besides its code.
    """
    return DOCKERFILE.format(python=platform.python_version(), files=" ".join(files))


def compose(identity: str) -> str:
    """The compose file.

    Args:
        identity: Of the bank; the image's tag.
    """
    return COMPOSE.format(identity=identity[:12])


def pinned(names: Iterable[str]) -> str:
    """Lines of requirements: the packages and all that they need, at the versions installed here.

    A package that is not installed here stands without a version.
    """
    found: dict[str, str] = {}
    waiting = [Requirement(name) for name in names]
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        if name in found:
            continue
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = str(asked)
            continue
        found[name] = f"{name}=={package.version}"
        waiting.extend(_needed(package.requires or (), asked.extras))
    return "".join(f"{line}\n" for _, line in sorted(found.items()))


def _needed(lines: Iterable[str], extras: set[str]) -> Iterator[Requirement]:
    for line in lines:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in ("", *extras)):
            yield need
