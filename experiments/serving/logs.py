"""Logs as JSON lines. They hold neither keys nor, unless asked for, words of conversations."""

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

AUDIT = "esc_skills.audit"
"""The logger of who did what."""
_OURS = ("esc_skills", "uvicorn.error")


class JsonLines(logging.Formatter):
    """One JSON object a record. Of a failure it has the kind and place, never the message."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line |= fields
        elif record.exc_info and record.exc_info[1] is not None:
            line |= _failure(record.exc_info[1], record.exc_info[2])
        elif record.name.startswith(_OURS):
            line["message"] = record.getMessage()
        else:  # another library's message may quote a prompt or a key
            line["message"] = "withheld"
        return json.dumps(line, ensure_ascii=False)


def _failure(error: BaseException, trace: TracebackType | None) -> dict[str, str]:
    frames = traceback.extract_tb(trace)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return {"event": "failure", "error": type(error).__name__, "at": place}


def set_up_logs(audit: Path | None) -> None:
    """Send all logs of this process to standard error as JSON lines.

    Args:
        audit: File for the audit log; standard error, too, by default.

    Raises:
        OSError: The file cannot be written.
    """
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(JsonLines())
    shown.addFilter(lambda r: r.levelno >= logging.WARNING or r.name.startswith(_OURS))
    root = logging.getLogger()
    root.handlers[:] = [shown]
    root.setLevel(logging.WARNING)
    logging.getLogger("esc_skills").setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)
    for name in ("uvicorn.error", "uvicorn"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    if audit is not None:
        kept = logging.FileHandler(audit, encoding="utf-8")
        kept.setFormatter(JsonLines())
        logging.getLogger(AUDIT).handlers[:] = [kept]
        logging.getLogger(AUDIT).propagate = False


def log(name: str, fields: Mapping[str, object], level: int = logging.INFO) -> None:
    """Write one line with these fields."""
    logging.getLogger(name).log(level, "", extra={"fields": dict(fields)})
