"""Families of worlds that share no words with the rehearsal, each with one difficulty of its own.

All are one small model of a talk (`feeling`), with acts that a reply performs, topics that people
bring up, and an effect on the log-odds of a rise of emotion. A family adds one mechanism to it
(`trust`, `chains`, `delay`, `taste`, `tails`; `people` drift) or moves its dials (`setting`).
"""
