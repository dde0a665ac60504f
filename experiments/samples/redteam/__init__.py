"""Texts that try the safety rules: a half that they are tuned on and a half that is reported."""
