"""The optional packages, by the extra of this project that installs them."""

from importlib import import_module

from ..errors import UserError

EXTRAS: dict[str, dict[str, str]] = {
    "text": {"nltk": "NLTK", "sacrebleu": "sacreBLEU"},
    "surrogate": {"sklearn": "scikit-learn"},
    "local": {"xllamacpp": "xllamacpp"},
    "ray": {"ray": "Ray"},
}
"""For each extra, the packages that it brings, as imports and as people call them."""


def require_extra(extra: str, feature: str) -> None:
    """Check that an extra is installed, before anything is read or paid for.

    Args:
        extra: A key of `EXTRAS`.
        feature: What needs it, as the sentence's subject, e.g. "The command `serve`".

    Raises:
        UserError: A package of the extra is missing; names the package and how to install it.
    """
    for module, name in EXTRAS[extra].items():
        try:
            import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:  # the package is there, but is broken
                raise
            raise UserError(
                f"{feature} needs {name}. Install it with: pip install 'esc-skills[{extra}]'"
            ) from error
