"""The search for better skill banks: screening, challenges, gates and the sealed test."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
