"""Answers as real models give them, for every stage: what must be read from each, or refused.

`python tests/answer_cases.py` prints what the reader makes of each; it also runs against older
checkouts, whose adapters stand elsewhere.
"""

import answers_about_dialogues as about
import answers_in_dialogues as within
from answer_forms import Case

FAMILIES = (
    within.appraisals,
    within.replies,
    within.choices,
    within.lines,
    about.skills,
    about.edits,
    about.findings,
    about.annotations,
    about.judges,
)
CASES: tuple[Case, ...] = tuple(case for family in FAMILIES for case in family())


def main() -> None:
    """Print the table of all cases and the counts of what became of them."""
    from reading_table import print_table

    print_table(CASES)


if __name__ == "__main__":
    main()
