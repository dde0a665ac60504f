"""A plan in words: what seekers and budget can show."""

from rich.console import Console

from esc_skills.metrics.evidence.planning import PAIR_SPREAD

from ..work.plan import Plan


def print_plan(console: Console, plan: Plan) -> None:
    """Print a plan, a sentence a line."""
    for line in plan_lines(plan):
        console.print(line, highlight=False)


def plan_lines(plan: Plan) -> list[str]:
    """Seekers, sealed test and search of a plan."""
    lines = [
        f"Seekers: {plan.train} to learn from, {plan.validation} to compare banks on, {plan.test} "
        "for the sealed test."
    ]
    if not plan.test:
        return [*lines, "Without test seekers, nothing is known of the gain at the end."]
    wanted = ", ".join(
        f"{points} points take {'too many' if seekers is None else seekers} test seekers"
        for points, seekers in plan.needed.items()
    )
    lines += [
        f"Sealed test: {plan.test_dialogues} dialogues, at most {plan.test_calls:,} calls.",
        f"Its 95% interval will reach about {plan.reach:.0f} points to either side of the gain; a "
        f"smaller one can hardly be told from 0. With {plan.replicates} dialogues each, {wanted}.",
        "The forecast takes the noise of published SAGE dialogues: a paired difference of two "
        f"dialogues has a standard deviation of {PAIR_SPREAD:g} points.",
    ]
    return [*lines, _search_line(plan)]


def _search_line(plan: Plan) -> str:
    left = [
        f"{count:,} {name}"
        for count, name in ((plan.search_calls, "calls"), (plan.search_dialogues, "dialogues"))
        if count is not None
    ]
    if not left:
        return "Search: no budget of calls or dialogues is set, so generations and patience end it."
    if any(count is not None and count < 0 for count in (plan.search_calls, plan.search_dialogues)):
        return "Search: the budget does not even hold the sealed test. Raise it."
    return f"Search: at least {' and '.join(left)} are left to it."
