"""The offline rehearsal model: a small deterministic world behind the ordinary model interface.

It reads the prompts that a real model would get and answers every stage. It shows machinery, not
psychology. It does not know which optimizer calls it, and no optimizer may read `truth`.
"""

REHEARSAL = "rehearsal"
"""The model name that stands for it."""
