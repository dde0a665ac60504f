"""Contract suites for plug-ins: derive a test class from one, name the plug-in, and run pytest.

```python
from esc_skills.testing import JudgeContract
from warm_judges import Warmth


class TestWarmth(JudgeContract):
    plugin = Warmth
```

Everything is offline and takes seconds. The plug-ins of this package are tested by the same suites.
Needs pytest, which this package does not install.
"""

from .judges import JudgeContract as JudgeContract
from .readers import ReaderContract as ReaderContract
from .strategies import StrategyContract as StrategyContract
from .trackers import TrackerContract as TrackerContract
from .work import WorkContract as WorkContract
from .worlds import WorldContract as WorldContract
