from typing import Any

from documents import python_blocks


def test_the_documented_notebook_follows_a_search_and_ends_with_a_program(capsys):
    block = python_blocks("docs/notebook.md")[0]
    assert "calls=20_000" in block  # the README's search, which a test of the wheel plays
    space: dict[str, Any] = {}
    exec(compile(block.replace("20_000", "6_000"), "docs/notebook.md", "exec"), space)
    said = capsys.readouterr().out
    assert "generation 0:" in said
    assert "stopped: " in said
    calls = [spent for spent, _, _ in space["history"]]
    assert calls == sorted(calls)
    assert calls[-1] <= 6_000
    search, best = space["search"], space["best"]
    assert search.result.first.skills == ()
    assert len(space["history"]) == len(search.result.decisions)
    with space["runner"].models.active():
        assert best(history=[], message="I don't know where to start.").reply
