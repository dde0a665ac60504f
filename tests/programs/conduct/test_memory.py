"""What functions of texts remember, and what a service forgets."""

from esc_skills.programs.conduct.memory import forgetting, remembered

asked: list[str] = []


@remembered(9)
def length(text: str) -> int:
    asked.append(text)
    return len(text)


def test_a_result_is_remembered():
    asked.clear()
    assert [length("hidden"), length("hidden")] == [6, 6]
    assert asked == ["hidden"]


def test_within_a_block_it_is_remembered_until_its_end_and_for_nobody_else():
    asked.clear()
    with forgetting():
        assert [length("secret"), length("secret")] == [6, 6]
        assert asked == ["secret"]
        with forgetting():
            length("secret")
    length("secret")
    assert asked == ["secret"] * 3
