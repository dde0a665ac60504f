from functools import cached_property

from esc_skills.signatures.frozen import Frozen


class Square(Frozen):
    side: int

    @cached_property
    def area(self) -> int:
        return self.side**2


def test_a_copy_with_other_values_keeps_nothing_that_was_derived_from_the_old_ones():
    small = Square(side=2)
    assert small.area == 4
    assert small.model_copy(update={"side": 3}).area == 9
    assert small.area == 4
