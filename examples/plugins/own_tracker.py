"""A tracker: writes everything that is tracked into one JSON Lines file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


class JsonLines:
    """Opens runs in `log.jsonl`."""

    def __init__(self, runs: Path, uri: str | None = None) -> None:
        self.path = runs / "log.jsonl"

    def open_run(self, name: str, tags: Any, params: Any = None, replaces: Any = None) -> Any:  # noqa: ANN401
        """A run of this name."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return Run(self.path, name, tags=tags, params=params)


class Run:
    """Writes whatever it is given as a line."""

    def __init__(self, path: Path, name: str, **about: object) -> None:
        self.path, self.name = path, name
        self._write("open", **about)

    def child(self, name: str, tags: Any, params: Any = None, note: str = "") -> Any:  # noqa: ANN401
        """A run within this one."""
        return Run(self.path, f"{self.name}/{name}", tags=tags, params=params, note=note)

    def __getattr__(self, what: str) -> Callable[..., None]:
        return lambda *values, **more: self._write(what, *values, **more)

    def _write(self, what: str, *values: object, **more: object) -> None:
        with self.path.open("a") as file:
            line = {"run": self.name, "what": what, "values": values, **more}
            file.write(json.dumps(line, default=str) + "\n")
