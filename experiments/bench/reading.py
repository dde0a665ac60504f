"""Speed and peak memory of reading corpora of six formats, each in a process of its own."""

import csv
import gzip
import json
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from rich.table import Table

from ..corpora.reading import ReadReport, read_conversations
from ..show.tables import table_of

SIZES = (10_000, 100_000)
"""Conversations of the corpora."""
_BATCH = 1_000
_SAID = (
    "I lost my job in spring, and nobody at home knows. It is number {n}.",
    "What was the first thing that you thought?",
    "That I must not tell anybody. I still leave the house at eight.",
    "You have carried that alone for months. What would telling one person change?",
    "My sister might understand. She asked twice already.",
)


class Measured(NamedTuple):
    """What reading one corpus took."""

    format: str
    reader: str
    size: int
    read: int
    seconds: float
    peak: float
    """Megabytes (2**20 bytes) of the reading process at most, libraries included."""


def reading(sizes: Sequence[int] = SIZES) -> Table:
    """Seconds and peak memory by format and number of conversations."""
    found = [measure(name, size) for name in FORMATS for size in sizes]
    columns = ("format", "read by", "conversations", "read", "seconds", "peak MB")
    cells = (
        (row.format, row.reader, f"{row.size:,}", f"{row.read:,}", f"{row.seconds:.1f}",
         f"{row.peak:.0f}")
        for row in found
    )  # fmt: skip
    return table_of("Reading corpora", columns, cells, text=columns[:2])


def measure(name: str, size: int) -> Measured:
    """Write a corpus of a format, read it in a new process, and take the process's figures."""
    suffix, write = FORMATS[name]
    with TemporaryDirectory(prefix="esc-skills-") as folder:
        path = Path(folder, f"corpus{suffix}")
        write(path, size)
        asked = [sys.executable, "-m", "esc_skills.experiments.bench.reading", str(path)]
        found = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
    return Measured(name, found["reader"], size, found["read"], found["seconds"], found["peak"])


def _talks(size: int, speakers: tuple[str, str]) -> Iterator[list[tuple[str, str]]]:
    """Conversations of five turns that differ in a word."""
    for number in range(size):
        yield [(speakers[n % 2], text.format(n=number)) for n, text in enumerate(_SAID)]


def _array(path: Path, records: Iterator[Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number, record in enumerate(records):
            file.write(f"{',' if number else '['}\n{json.dumps(record, ensure_ascii=False)}")
        file.write("\n]\n")


def _esconv(path: Path, size: int) -> None:
    def record(talk: list[tuple[str, str]]) -> dict[str, Any]:
        dialog = [{"speaker": who, "annotation": {}, "content": said} for who, said in talk]
        return {"problem_type": "job crisis", "situation": "Job loss", "dialog": dialog}

    _array(path, map(record, _talks(size, ("seeker", "supporter"))))


def _sharegpt(path: Path, size: int) -> None:
    talks = _talks(size, ("human", "gpt"))
    _array(path, ({"conversations": [{"from": w, "value": s} for w, s in t]} for t in talks))


def _messages(path: Path, size: int) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for talk in _talks(size, ("user", "assistant")):
            file.write(json.dumps({"messages": [{"role": w, "content": s} for w, s in talk]}))
            file.write("\n")


def _chinese(path: Path, size: int) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("talks.jsonl", "w", force_zip64=True) as file,
    ):
        for talk in _talks(size, ("来访者", "咨询师")):
            line = json.dumps([{"role": w, "content": s} for w, s in talk], ensure_ascii=False)
            file.write(f"{line}\n".encode())


def _rows(size: int) -> Iterator[tuple[int, str, str]]:
    for number, talk in enumerate(_talks(size, ("client", "counselor"))):
        yield from ((number, who, said) for who, said in talk)


def _csv(path: Path, size: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("conversation_id", "speaker", "utterance"))
        writer.writerows(_rows(size))


def _parquet(path: Path, size: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"conversation_id": pa.int64(), "speaker": pa.string(), "utterance": pa.string()}
    schema, batch = pa.schema(list(columns.items())), list[tuple[int, str, str]]()
    with pq.ParquetWriter(path, schema) as writer:
        for row in _rows(size):
            batch.append(row)
            if len(batch) == 5 * _BATCH:
                writer.write_table(_table(batch, schema))
                batch.clear()
        if batch:
            writer.write_table(_table(batch, schema))


def _table(rows: Sequence[tuple[int, str, str]], schema: Any) -> Any:  # noqa: ANN401 - pyarrow's
    import pyarrow as pa

    return pa.Table.from_arrays([pa.array(c) for c in zip(*rows, strict=True)], schema=schema)


FORMATS: dict[str, tuple[str, Callable[[Path, int], None]]] = {
    "ESConv, JSON array": (".json", _esconv),
    "ShareGPT, JSON array": (".sharegpt.json", _sharegpt),
    "OpenAI messages, .jsonl.gz": (".jsonl.gz", _messages),
    "role and content, Chinese, .zip": (".zip", _chinese),
    "one turn a row, CSV": (".csv", _csv),
    "one turn a row, Parquet": (".parquet", _parquet),
}
"""Suffix and writer of each format."""


def _peak() -> float:
    """Most memory of this process in megabytes; Linux counts it from the start of the program."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main(path: Path) -> None:
    """Read a corpus and print what it took."""
    report, started = ReadReport(), time.perf_counter()
    read = sum(1 for _ in read_conversations([path], report))
    seconds = time.perf_counter() - started
    found = {"reader": ", ".join(report.used), "read": read, "seconds": seconds, "peak": _peak()}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
