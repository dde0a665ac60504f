"""ESC-Skills: mine skills of support dialogue, evolve them in simulation, deploy what helps.

The shortest useful program starts from an agent without skills and ends with one that a sealed
test has measured. It runs offline: the rehearsal model stands in for real ones.

```python
from esc_skills import Budget, SkillEvolution, SupportAgent, rehearsal_runner, sample_profiles

seekers = sample_profiles()
search = SkillEvolution(rehearsal_runner(budget=Budget(calls=15_000)))
best = search.compile(SupportAgent(), trainset=seekers[::2], testset=seekers[1::2])
print(best.bank.value.names, search.result.test.gain)
```

Public are the names in `__all__`, those that the sub-packages `signatures`, `programs`, `metrics`,
`optimizers` and `experiments` export, and `esc_skills.testing`. Each is loaded when it is first
used. Everything else may change without notice.
"""

from typing import Any as _Any

import lazy_loader as _lazy

_public, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)


def __getattr__(name: str) -> _Any:  # noqa: ANN401 - the names are of every type
    if name != "__version__":
        return _public(name)
    from importlib.metadata import (
        version,  # half of the time that importing this package would take
    )

    return version("esc-skills")
