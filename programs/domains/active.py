"""The domain at work."""

import dspy

from esc_skills.signatures.domains import Domain

from .reading import default_domain


def active_domain() -> Domain:
    """The domain of the models that answer; emotional support outside `Models.active`."""
    models = dspy.settings.get("role_models", None)
    return default_domain() if models is None else models.domain
