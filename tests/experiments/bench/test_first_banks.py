"""The race of the first bank and none, where the bank's true gain is known."""

import pytest

from esc_skills.experiments.bench.first_banks import Row, race


@pytest.mark.parametrize(("start", "given_up"), [("drafts", True), ("mined", False)])
def test_drafts_that_harm_are_given_up_and_a_mined_bank_that_helps_is_not(start, given_up):
    assert race(Row("default", start), 0)[0] == given_up
