from itertools import permutations

from esc_skills.programs.models.prompt_cache import BLOCK, PromptCounter

STATIC = "s" * (4 * BLOCK)


def counted(*prompts: str) -> PromptCounter:
    counter = PromptCounter()
    for prompt in prompts:
        counter.see(prompt)
    return counter


def test_static_text_first_is_served_and_static_text_last_is_not():
    first = counted(STATIC + "a" * BLOCK, STATIC + "b" * BLOCK).use
    last = counted("a" * BLOCK + STATIC, "b" * BLOCK + STATIC).use
    assert (first.calls, first.characters) == (2, 10 * BLOCK)
    assert first.cacheable == len(STATIC)
    assert last.cacheable == 0


def test_the_order_of_prompts_does_not_matter():
    prompts = (STATIC + "a" * BLOCK, STATIC + "b" * 300, STATIC + "a" * 500, "other" * 100)
    assert len({counted(*order).use.cacheable for order in permutations(prompts)}) == 1


def test_no_prompt_no_share():
    assert PromptCounter().use.share == 0
