"""Figures of the server under load, measured: throughput, errors, memory, and how abuse is met.

Run with `python -m esc_skills.experiments.bench.serving`. The model is a scripted HTTP endpoint
that answers after 100 ms; model, server and clients are three processes.
"""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import Process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import httpx
from rich.console import Console
from rich.table import Table

from esc_skills.programs.models.roles import ModelConfig
from esc_skills.programs.support.deployment import Deployment
from esc_skills.programs.support.support_agent import SupportAgent

from ..serving.keys import KeyRole, add_key
from ..show.tables import table_of
from .abuse import Abuse, abuses, keyed_abuses, send

_MODULE = "esc_skills.experiments.bench.serving"
"""This module, which is `__main__` where it was started by its name."""
LATENCY = 0.1
PATIENCE = 180.0
"""Seconds in which the server must have started, on a machine that is busy."""
CLIENTS, SECONDS, REQUESTS = 50, 20.0, 5_000
WARM_UP = 3.0
"""Seconds of the same before anything is counted."""
SLOW = 400
"""Clients that never end their request."""
ANSWER = "[[ ## reply ## ]]\nI hear you. Tell me more.\n\n[[ ## completed ## ]]"
_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "


def main() -> None:
    """Print every figure, with the load of the machine beside it."""
    console = Console(width=110)
    with serving(LATENCY) as (port, pid):
        console.print(throughput(port, pid))
    with serving(0.0) as (port, pid):
        console.print(memory(port, pid))
        rows = [*abused(port, abuses()), slow_clients(port)]
    with TemporaryDirectory() as place:
        file = Path(place) / "keys.json"
        secrets = {role: add_key(file, role, role) for role in get_args(KeyRole)}
        with serving(0.0, file) as (port, _):
            rows += abused(port, keyed_abuses(secrets.__getitem__))
    columns = ("what is sent", "status", "what is said")
    console.print(table_of("Abuse", columns, rows, text=columns))


@contextmanager
def serving(latency: float, keys: Path | None = None) -> Generator[tuple[int, int]]:
    """A server behind a scripted model; its port and process."""
    model_port, port = _free_port(), _free_port()
    model = Process(target=_model, args=(model_port, latency), daemon=True)
    model.start()
    address = f"http://127.0.0.1:{model_port}/v1"
    command = [sys.executable, "-m", _MODULE, address, str(port), *([str(keys)] if keys else [])]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{port}/health")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(60)
        model.terminate()


def throughput(port: int, pid: int) -> Table:
    """Replies a second of clients that each ask again at once, against the ideal.

    The ideal is a server that takes no time: each client gets a reply every 100 ms. What one core
    allows follows from the server's time on the processor, whatever else the machine does.
    """
    asyncio.run(_load(port, CLIENTS, WARM_UP, None))
    before = _busy(pid)
    statuses = asyncio.run(_load(port, CLIENTS, SECONDS, None))
    each = (_busy(pid) - before) / max(1, sum(statuses.values()))
    rate, ideal = statuses[200] / SECONDS, CLIENTS / LATENCY
    errors = sum(statuses.values()) - statuses[200]
    return table_of(
        f"{CLIENTS} clients for {SECONDS:g} s, a model of {1000 * LATENCY:g} ms, one call a reply",
        ("replies a second", "ideal", "share", "errors", "ms of a core a reply", "a core allows",
         "load of the machine"),
        [(f"{rate:.1f}", f"{ideal:.0f}", f"{rate / ideal:.0%}", str(errors), f"{1000 * each:.2f}",
          f"{1 / each:.0f}", _machine())],
        text=(),
    )  # fmt: skip


def memory(port: int, pid: int) -> Table:
    """Resident memory of the server over many different conversations, after a first thousand."""
    asyncio.run(_load(port, 8, None, 1_000))
    sizes = [_resident(pid)]
    errors = 0
    for _ in range(5):
        statuses = asyncio.run(_load(port, 8, None, REQUESTS // 5))
        errors += sum(statuses.values()) - statuses[200]
        sizes.append(_resident(pid))
    shown = ", ".join(f"{size:.1f}" for size in sizes)
    return table_of(
        f"Memory over {REQUESTS:,} requests, in MB, after each fifth",
        ("resident", "growth", "errors", "load of the machine"),
        [(shown, f"{sizes[-1] - sizes[0]:+.1f}", str(errors), _machine())],
        text=(),
    )


def abused(port: int, abuses: Iterable[Abuse]) -> Iterator[tuple[str, str, str]]:
    """What is sent, the status that it gets, and what is said; a wrong status says so."""
    for name, sent, status in abuses:
        answer = send(port, sent)
        wrong = "" if answer.status == status else f", but should be {status}"
        yield name, f"{answer.status}{wrong}", "LEAKS" if answer.leaks else answer.message


def slow_clients(port: int) -> tuple[str, str, str]:
    """Clients that never end their request, and what an honest one notices of them."""
    never = next(one for one in abuses() if one.name == "a body that never ends")
    with ThreadPoolExecutor(SLOW) as clients:
        slow = [clients.submit(send, port, never.sent) for _ in range(SLOW)]
        time.sleep(1.0)  # all of them have begun
        started = time.perf_counter()
        status = httpx.get(f"http://127.0.0.1:{port}/v1/models", timeout=30).status_code
        seconds = time.perf_counter() - started
        told = Counter(one.result().status for one in slow)
    statuses = ", ".join(f"{status} to {count}" for status, count in told.items())
    return f"{SLOW} slow clients", statuses, f"meanwhile: {status} after {seconds:.2f} s"


async def _load(
    port: int, clients: int, seconds: float | None, requests: int | None
) -> Counter[int]:
    """Statuses of what clients get that ask in turn, for a time or a number of requests."""
    statuses: Counter[int] = Counter()
    end, left = time.monotonic() + (seconds or 3_600), requests or sys.maxsize

    async def client(number: int) -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < end and left > 0:
            left -= 1
            turn = {"role": "user", "content": f"I feel low, {number}, {left}, {time.time()}."}
            body = json.dumps({"messages": [turn]}).encode()
            head = "POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            start = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = re.search(r"content-length: (\d+)", start)
            await reader.readexactly(int(length[1]) if length else 0)
            statuses[int(start.split(maxsplit=2)[1])] += 1
        writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    return statuses


def _model(port: int, latency: float) -> None:
    """An OpenAI-compatible endpoint that says the same after a while."""
    message = {"role": "assistant", "content": ANSWER}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 800, "completion_tokens": 9, "total_tokens": 809}
    whole = {"id": "x", "object": "chat.completion", "created": 0, "model": "scripted"}
    data = json.dumps({**whole, "choices": [choice], "usage": usage}).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = re.search(r"content-length: *(\d+)", head)
                await reader.readexactly(int(length[1]) if length else 0)
                await asyncio.sleep(latency)
                writer.write(f"{_HEAD}{len(data)}\r\n\r\n".encode() + data)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=512)
        await server.serve_forever()

    asyncio.run(run())


def _serve(address: str, port: int, keys: Path | None = None) -> None:
    """The server's process: a supporter without skills, so that a reply is one call."""
    from ..serving.server import Serving, run_server

    config = ModelConfig(model="openai/scripted", api_base=address)
    with TemporaryDirectory() as place:
        audit = Path(place) / "audit.jsonl"
        run_server(Deployment(SupportAgent(), config), Serving(port=port, keys=keys, audit=audit))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _resident(pid: int) -> float:
    """Megabytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def _busy(pid: int) -> float:
    """Seconds that a process has been on a processor."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _machine() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _serve(sys.argv[1], int(sys.argv[2]), *map(Path, sys.argv[3:]))
    else:
        main()
