"""A hook of MkDocs: the page of a layer documents the names that it exports, and no others."""

import re
from importlib import import_module
from typing import Any

LAYER = re.compile(r"^::: (esc_skills\.\w+)$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 - what MkDocs gives
    """Add the public names of a layer to the directive that documents it."""
    return LAYER.sub(lambda found: f"{found[0]}\n{_options(found[1])}", markdown)


def _options(layer: str) -> str:
    names = ", ".join(import_module(layer).__all__)
    return f"    options:\n      show_root_heading: false\n      members: [{names}]"
