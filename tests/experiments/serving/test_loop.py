"""The server's event loop: brief looks of DSPy need no thread, all else has one."""

import asyncio
import threading

from dspy.clients.capabilities import resolve

from esc_skills.experiments.serving.loop import Loop


def run(work: object, *args: object) -> object:
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(asyncio.to_thread(work, *args))  # type: ignore[arg-type]


def test_what_may_take_long_is_done_in_a_thread():
    assert run(threading.current_thread) is not threading.main_thread()


def test_what_dspy_looks_up_is_done_at_once_and_its_failure_is_raised():
    before = threading.active_count()
    try:
        run(resolve, None)
    except AttributeError:  # there is no model None
        assert threading.active_count() == before
    else:
        raise AssertionError("a failure must be raised")
