"""The baseline without a search: the level of the first bank."""

from esc_skills.optimizers.strategy import SearchTask


class NoSearch:
    """Keeps the first bank; all that is spent is the sealed test."""

    def run(self, task: SearchTask) -> str:
        """Stop at once."""
        return "nothing is searched for"
