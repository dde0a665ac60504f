"""Names that a user lists in one option, separated by commas."""

from collections.abc import Collection

from esc_skills.programs.suggestions import did_you_mean

from ..errors import UserError


def chosen_names(
    text: str | None, kind: str, known: Collection[str], *, everything: str | None = None
) -> tuple[str, ...]:
    """The names in a user's text, each once, in the order given; none if there is no text.

    Args:
        text: What the user wrote.
        kind: What is named, in the plural; also the option's name.
        known: The names that there are.
        everything: A word that, alone, stands for all of them.

    Raises:
        UserError: There is no such name, or none in the text; says which, and the closest or all.
    """
    if text is None:
        return ()
    listed = ", ".join([*known, everything] if everything else known)
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UserError(f"--{kind} must name {kind}, but is empty. {kind.capitalize()}: {listed}.")
    if everything and names == [everything]:
        return tuple(known)
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, f"{kind.capitalize()}: {listed}.")
            raise UserError(f"--{kind} must name {kind}, but there is no {name!r}. {hint}")
    return tuple(dict.fromkeys(names))
