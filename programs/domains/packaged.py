"""The folders of the packaged domains."""

from pathlib import Path

_HERE = Path(__file__).parent

EMOTIONAL_SUPPORT = _HERE / "emotional-support"
"""A person in distress and somebody who supports them: what holds where no other is named."""
PRIMARY_CARE = _HERE / "primary-care"
"""A patient's first visit: facts to be found out, advice that must wait, a right next step."""
