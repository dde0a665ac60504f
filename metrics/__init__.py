"""Metrics: the SAGE score, its statistics, credit per skill, judges and safety."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
