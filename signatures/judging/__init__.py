"""What the judges are asked about a dialogue that is over: one file for each judge.

A judge sees what was said aloud and nothing else: no skill, no emotion, no name of a bank. Every
answer quotes the words that show it before it grades, so that evidence can be checked.
"""

from .checklist import CheckTurn as CheckTurn
from .conduct import JudgeConduct as JudgeConduct
from .empathy import RateEmpathy as RateEmpathy
from .persona import CheckPersona as CheckPersona
from .preference import PreferDialogue as PreferDialogue
from .relationship import RateRelationship as RateRelationship
from .risk import RateRisk as RateRisk
from .support import RateSupport as RateSupport
from .traits import NameTraits as NameTraits
