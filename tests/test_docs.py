from documents import run_block


def test_the_documented_notebook_finds_a_better_bank_and_tells_its_callback(capsys):
    space = run_block("docs/notebook.md", 0)
    said = capsys.readouterr().out
    assert "generation 0:" in said
    assert "ended by" in said
    calls = [spent for spent, _, _ in space["history"]]
    assert calls == sorted(calls)
    assert calls[-1] <= 4_000
    assert space["search"].result.test is not None
    assert len(space["history"]) == len(space["search"].result.decisions)
    with space["models"].active():
        assert space["best"](history=[], message="I don't know where to start.").reply
