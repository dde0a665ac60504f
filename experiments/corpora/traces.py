"""Conversations in an MLflow tracking store: traces of a deployed agent, joined by their session.

An address is `mlflow:EXPERIMENT`, in the store that MLflow's own settings name, or
`mlflow:STORE#EXPERIMENT`, where STORE is a SQLite file or a tracking server's address.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from .turn_lists import turns_in

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Trace

STORE = "mlflow:"
_SESSION = "mlflow.trace.session"
_PAGE = 500


def is_store(path: Path) -> bool:
    """Whether a name stands for an experiment in a tracking store."""
    return str(path).startswith(STORE)


def sessions(path: Path) -> Iterator[tuple[int, Any]]:
    """(Number, record with `turns`) of each session, in the order in which they began.

    A trace without a session is a conversation of its own. Where a trace carries the messages so
    far, the last trace of its session says it all; elsewhere each is one question and answer.

    Raises:
        UserError: There is no such store or experiment, or it has no traces.
    """
    found: dict[str, list[Trace]] = {}
    for trace in _traces(path):
        session = (trace.info.trace_metadata or {}).get(_SESSION) or trace.info.trace_id
        found.setdefault(session, []).append(trace)
    for number, (session, traces) in enumerate(found.items(), start=1):
        yield number, {"session": session, "turns": _turns(traces)}


def _traces(path: Path) -> "Sequence[Trace]":
    import mlflow
    from mlflow.exceptions import MlflowException

    uri, _, name = str(path).removeprefix(STORE).rpartition("#")
    if uri.endswith((".db", ".sqlite")) and "://" not in uri:
        if not Path(uri).is_file():
            raise UserError(f"{path} must name a store, but {uri} does not exist. Check the path.")
        uri = f"sqlite:///{uri}"
    try:
        client = mlflow.MlflowClient(_with_slashes(uri) or None)
        experiment = client.get_experiment_by_name(name)
        if experiment is None:
            there = ", ".join(repr(e.name) for e in client.search_experiments(max_results=20))
            raise UserError(f"{path}: there is no experiment {name!r}; there are {there}.")
        found = list(_pages(client, experiment.experiment_id))
    except MlflowException as error:
        raise UserError(f"{path} must be a tracking store, but: {error.message}") from error
    if not found:
        raise UserError(f"{path}: the experiment {name!r} has no traces. Name another.")
    return found


def _pages(client: "MlflowClient", experiment: str) -> Iterator["Trace"]:
    """Every trace of an experiment, the oldest first."""
    token: str | None = None
    while True:
        page = client.search_traces(
            locations=[experiment],
            max_results=_PAGE,
            order_by=["timestamp_ms ASC"],
            page_token=token,
        )
        yield from page
        token = page.token
        if not token:
            return


def _with_slashes(uri: str) -> str:
    """An address whose two slashes were joined because it was taken for a path."""
    scheme, colon, rest = uri.partition(":/")
    return f"{scheme}://{rest.lstrip('/')}" if colon and scheme.startswith("http") else uri


def _turns(traces: "Sequence[Trace]") -> list[dict[str, str]]:
    """The turns of a session: the longest history, or one question and answer a trace."""
    last = _messages(traces[-1])
    if len(last) > 1:
        return [*last, *_said("assistant", traces[-1].data.response)]
    turns: list[dict[str, str]] = []
    for trace in traces:
        asked = _messages(trace) or _said("user", trace.data.request)
        turns += [*asked, *_said("assistant", trace.data.response)]
    return turns


def _messages(trace: "Trace") -> list[dict[str, str]]:
    """The messages in a trace's request; empty where it holds none."""
    try:
        found = turns_in(_decoded(trace.data.request))
    except ValueError:
        return []
    return [{"role": turn.speaker, "content": turn.text} for turn in found]


def _said(role: str, text: str | None) -> list[dict[str, str]]:
    """What a request or a response says: a text, a completion's message, or a field of one text."""
    value = _decoded(text)
    if isinstance(value, dict):
        choices = value.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            value = choices[0].get("message", {})
        texts = [v for v in value.values() if isinstance(v, str)] if isinstance(value, dict) else []
        usual = [value[k] for k in ("content", "reply", "response", "answer") if k in value]
        value = next((v for v in [*usual, *(texts if len(texts) == 1 else [])]), "")
    return [{"role": role, "content": value}] if isinstance(value, str) and value else []


def _decoded(text: str | None) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text or "null")
    except ValueError:
        return text
