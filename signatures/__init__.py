"""What every stage is asked: the types of the domain and one `dspy.Signature` per stage.

No model is called here and nothing is read or written.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
