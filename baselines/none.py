"""The peer that does nothing: what the first bank is worth by itself."""

from .peer import Peer


class NoSearch(Peer):
    """Returns the first bank; all that is spent is the sealed test."""

    def _search(self) -> str:
        return "nothing is searched for"
