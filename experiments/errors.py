"""What a user did that cannot work, in one clear sentence."""


class UserError(Exception):
    """Bad input: what must hold, what was found, what to do. The CLI exits with code 2."""
