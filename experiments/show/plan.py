"""A plan in words: what seekers and budget can show, and what it takes."""

from collections.abc import Callable
from datetime import timedelta

from rich.console import Console

from esc_skills.metrics.evidence.planning import PAIR_SPREAD

from ..work.forecast import Band, Forecast
from ..work.plan import Plan
from .progress import spend_line


def print_plan(console: Console, plan: Plan) -> None:
    """Print a plan, a sentence a line."""
    for line in plan_lines(plan):
        console.print(line, highlight=False)


def plan_lines(plan: Plan) -> list[str]:
    """Seekers, sealed test, search and cost of a plan."""
    lines = [
        f"Seekers: {plan.train} to learn from, {plan.validation} to compare banks on, {plan.test} "
        "for the sealed test."
    ]
    if not plan.test:
        lines.append("Without test seekers, nothing is known of the gain at the end.")
        return [*lines, *_forecast_lines(plan.forecast)]
    wanted = ", ".join(
        f"{points} points take {'too many' if seekers is None else seekers} test seekers"
        for points, seekers in plan.needed.items()
    )
    lines += [
        f"Sealed test: {plan.test_dialogues} dialogues, at most {plan.test_calls:,} calls.",
        f"Its 95% interval will reach about {plan.reach:.0f} points to either side of the gain; a "
        f"smaller one can hardly be told from 0. With {plan.replicates} "
        f"dialogue{'s' * (plan.replicates > 1)} each, {wanted}.",
        "The forecast takes the noise of published SAGE dialogues: a paired difference of two "
        f"dialogues has a standard deviation of {PAIR_SPREAD:g} points.",
    ]
    return [*lines, _search_line(plan), *_forecast_lines(plan.forecast)]


def _search_line(plan: Plan) -> str:
    left = [
        f"{count:,} {name}"
        for count, name in ((plan.search_calls, "calls"), (plan.search_dialogues, "dialogues"))
        if count is not None
    ]
    if not left and plan.other_limits:
        return f"Search: the budget of {' and '.join(plan.other_limits)} ends it."
    if not left:
        return "Search: no budget of calls or dialogues is set, so generations and patience end it."
    if any(count is not None and count < 0 for count in (plan.search_calls, plan.search_dialogues)):
        return "Search: the budget does not even hold the sealed test. Raise it."
    return f"Search: at least {' and '.join(left)} are left to it."


def _forecast_lines(found: Forecast) -> list[str]:
    """What the run takes, a sentence for each kind; what is unknown is said to be unknown."""
    advice = " Set a budget." if found.calls.high is None else ""
    lines = [f"Calls of the whole run: {_band(found.calls, _count)}.{advice}"]
    if found.tokens is None:
        lines.append("Tokens: unknown, since the rehearsal cannot play this domain; use --measure.")
    else:
        lines.append(f"Tokens: {_band(found.tokens, _count)}{_basis(found)}.")
    if found.money is not None:
        lines.append(f"Money: {_band(found.money, _money)}.")
    elif found.unpriced:
        lines.append(
            f"Money: unknown, since the price of {', '.join(found.unpriced)} is; set price_in and "
            "price_out of the model in the configuration."
        )
    else:
        lines.append("Money: unknown, since the tokens are.")
    if found.measured is None or found.seconds is None:
        return [*lines, "Time: unknown; --measure plays one dialogue of the run to tell."]
    return [
        *lines,
        f"Time: {_band(found.seconds, _time)}, with all threads busy to half of them.",
        f"Measured: one dialogue took {spend_line(found.measured)} and "
        f"{_time(found.measured.seconds)}; the run does not pay for it again.",
    ]


def _basis(found: Forecast) -> str:
    if found.measured is not None:
        return ", as the measured dialogue; the analyst's few long prompts are not counted"
    return (
        ", counted with cl100k_base in dialogues of fixed words with the shortest and the longest "
        "profile; the analyst's few long prompts and a model's reasoning are not counted"
    )


def _band(band: Band, told: Callable[[float], str]) -> str:
    low = told(band.low)
    if band.high is None:
        return f"at least {low}; nothing bounds it"
    high = told(band.high)
    return low if low == high else f"{low} to {high}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value < 100_000 else f"{value / 1e6:,.2f} million"


def _money(value: float) -> str:
    return f"{value:,.2f}"


def _time(seconds: float) -> str:
    """Hours, minutes and seconds."""
    return str(timedelta(seconds=round(seconds)))
