"""The families, each with a world to tune on and another one to report.

The two differ in seed (which act helps with which topic, and who the seekers are) and in dials.
"""

from .family import FamilyWorld
from .setting import Setting


class Plain(FamilyWorld):
    """Effects at once, and only of what is said now; a blind editor."""

    setting = Setting(seed=11)


class PlainReported(Plain):
    """As `plain`, another seed."""

    setting = Setting(seed=111, topics=7)


class History(FamilyWorld):
    """What a topic calls for is welcome only after two replies that build trust."""

    setting = Setting(seed=12, trust=2, special=1.9)


class HistoryReported(History):
    """As `history`, with one such reply and more needs."""

    setting = Setting(seed=112, trust=1, special=1.6, topics=9)


class Later(FamilyWorld):
    """Half of the effects come later only."""

    setting = Setting(seed=13, delay=0.5, special=1.5)


class LaterReported(Later):
    """As `later`, for three quarters of the acts."""

    setting = Setting(seed=113, delay=0.4, delayed=0.75, special=1.5)


class Reversed(FamilyWorld):
    """Half of the effects first show the wrong sign."""

    setting = Setting(seed=14, delay=1.0, special=1.5)


class ReversedReported(Reversed):
    """As `reversed`, for more acts, a little less so."""

    setting = Setting(seed=114, delay=0.85, delayed=0.7, special=1.5)


class Taste(FamilyWorld):
    """The appraiser likes some wordings better than others that say the same."""

    setting = Setting(seed=15, taste=0.4)


class TasteReported(Taste):
    """As `taste`, stronger."""

    setting = Setting(seed=115, taste=0.6)


class Tails(FamilyWorld):
    """Heavy-tailed noise, and acts that help most people and rarely close somebody up."""

    setting = Setting(seed=16, tails=2.5, collapse=0.05)


class TailsReported(Tails):
    """As `tails`, with more accidents."""

    setting = Setting(seed=116, tails=2.5, collapse=0.08)


class Chained(FamilyWorld):
    """The act that a topic calls for pays only after another act."""

    setting = Setting(seed=17, chained=True, special=1.9)


class ChainedReported(Chained):
    """As `chained`, with fewer needs and smaller effects."""

    setting = Setting(seed=117, chained=True, special=1.6, topics=6)


class FewIdeas(FamilyWorld):
    """The editor knows half of the acts, and hardly ever what a topic calls for."""

    setting = Setting(seed=18, insight=0.05, observant=0.25, ideas=9)


class FewIdeasReported(FewIdeas):
    """As `few-ideas`, with fewer still."""

    setting = Setting(seed=118, insight=0.05, observant=0.3, ideas=7)


class Drifting(FamilyWorld):
    """In the middle of a talk, people want help with another topic."""

    setting = Setting(seed=19, drifts=True, special=1.5)


class DriftingReported(Drifting):
    """As `drifting`, with more needs."""

    setting = Setting(seed=119, drifts=True, special=1.5, topics=10)


class ManyNeeds(FamilyWorld):
    """More needs than calls can cover."""

    setting = Setting(seed=20, topics=16, special=1.6)


class ManyNeedsReported(ManyNeeds):
    """As `many-needs`, with more of them."""

    setting = Setting(seed=120, topics=20, special=1.6)


class Nothing(FamilyWorld):
    """No bank is better than none; some are worse."""

    setting = Setting(seed=21, special=0.0, general=0.0)


class NothingReported(Nothing):
    """As `nothing`, with harm that is harder to see."""

    setting = Setting(seed=121, special=0.0, general=0.0, harm=-0.5)
