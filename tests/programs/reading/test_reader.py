"""The reader accepts what is meant in any usual form, and nothing else."""

import pytest
from answer_cases import CASES
from answer_forms import REFUSED, Case
from reading_table import outcome


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.stage}: {case.form}")
def test_an_answer_is_read_as_it_is_meant_or_refused_with_its_fault(case: Case) -> None:
    kind, read = outcome(case)
    if case.expected == REFUSED:
        assert kind == "refused", f"read as {read!r}"
        assert case.fault in read
    else:
        assert kind == "right", read


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(CASES) >= 150
    assert len({case.stage for case in CASES}) >= 15
