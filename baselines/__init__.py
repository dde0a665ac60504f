"""Other ways to search, behind the interface of ours and on the same ledger, for comparison.

Each module states its peer's configuration and the defects that are worked round. All play through
our runner, so all have our seeds, our memory and our budget, and the sealed test; only `random` and
`gepa-paired` also have our safety gates, since gates are no part of the others' rules.
"""

from .registry import OPTIMIZERS as OPTIMIZERS
