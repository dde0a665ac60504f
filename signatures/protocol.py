"""The numbers of the simulation protocol, once for all layers.

Source: SAGE (arXiv 2505.02847), section 3, and its published dialogues. Emotion is a whole number
of points, 0..100, and changes with every scored reply.
"""

EMOTION_START = 40
"""Emotion at which every dialogue starts."""
SUCCESS_AT = 100
"""Emotion at which a dialogue ends well; also the greatest that there is."""
FAILURE_UNDER = 10
"""A dialogue fails as soon as its emotion is below this."""
WORST_CHANGE = -10
"""The most points that one reply can take."""
BEST_CHANGE = 10
"""The most points that one reply can add."""
SEEKER_TURNS = 10
"""Seeker turns of a whole dialogue."""
SCORED_REPLIES = SEEKER_TURNS - 1
"""Replies of a whole dialogue that are appraised: the last seeker turn is not answered."""
