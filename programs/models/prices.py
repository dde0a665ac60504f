"""DSPy's list of prices and abilities, read once for each model.

DSPy copies an entry for every call, and goes through the whole list, twice, where a model is not on
it, as one on a local server: that took a quarter of all that a served reply took. The list does not
change while a process lives.
"""

from functools import lru_cache

from dspy.clients import capabilities, costs, model_metadata


def read_once() -> None:
    """Let DSPy remember what it found of each model; its callers only read it."""
    capabilities.model_info = costs.model_info = _info


def listed_prices(model: str) -> tuple[float, float] | None:
    """Money for a million tokens read and written; None where the list does not have the model.

    Args:
        model: As PROVIDER/NAME.
    """
    provider, _, name = model.partition("/")
    info = _info(provider, name)
    read = model_metadata.rate(info, "input_cost_per_token")
    written = model_metadata.rate(info, "output_cost_per_token")
    return None if read is None or written is None else (1e6 * read, 1e6 * written)


_info = lru_cache(maxsize=256)(model_metadata.model_info)
