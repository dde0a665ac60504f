"""How replies kept the rules of a conduct, before and after repair."""

from rich.table import Table

from esc_skills.programs.conduct.counts import ConductCounts, RuleCount

from .tables import table_of

COLUMNS = ("rule", "replies it bears on", "kept before repair", "kept after repair")


def cells(row: RuleCount) -> tuple[str, ...]:
    """One rule: on how many replies it bears, and the shares that keep it."""
    shares = ("-" if share is None else f"{share:.1%}" for share in (row.before, row.after))
    return (row.rule, str(row.borne), *shares)


def conduct_table(counts: ConductCounts) -> Table:
    """A line for each rule."""
    return table_of(
        "Conduct: share of replies that keep each rule", COLUMNS, map(cells, counts.rules)
    )


def conduct_line(counts: ConductCounts) -> str:
    """What the guard did, as a sentence."""
    return (
        f"Of {counts.replies} replies, {counts.asked_again} were asked for again, "
        f"{counts.replaced} were replaced by safe words, and "
        f"{counts.danger} answered danger with help first."
    )
