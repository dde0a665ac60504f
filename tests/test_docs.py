from documents import run_block


def test_the_documented_notebook_finds_a_bank_that_is_better_than_none(capsys):
    space = run_block("docs/notebook.md", 0)
    said = capsys.readouterr().out
    assert "generation 0:" in said
    assert "stopped: " in said
    calls = [spent for spent, _, _ in space["history"]]
    assert calls == sorted(calls)
    assert calls[-1] <= 20_000
    search, best = space["search"], space["best"]
    assert search.result.test.gain.low > 0
    assert search.result.first.skills == ()
    assert len(space["history"]) == len(search.result.decisions)
    with space["runner"].models.active():
        assert best(history=[], message="I don't know where to start.").reply
