"""The skill bank as a DSPy parameter: part of a program's state, saved with it as JSON."""

from typing import Any

from dspy.predict.parameter import Parameter

from esc_skills.signatures.skills import Bank


class SkillBank(Parameter):
    """Holds the bank of a program. The bank itself is an immutable value."""

    def __init__(self, value: Bank) -> None:
        self.value = value
        self._initial = value

    def __deepcopy__(self, memo: dict[int, Any]) -> "SkillBank":
        """Another holder of the same bank, which is never changed."""
        copy = SkillBank(self.value)
        copy._initial = self._initial
        return copy

    def dump_state(self, json_mode: bool = True) -> dict[str, Any]:
        """The bank as plain JSON data."""
        return self.value.model_dump(mode="json")

    def load_state(self, state: dict[str, Any]) -> "SkillBank":
        """Take the bank from `dump_state` data.

        Raises:
            pydantic.ValidationError: The data is not a valid bank.
        """
        self.value = Bank.model_validate(state)
        return self

    def reset(self) -> None:
        """Back to the bank that the program was made with."""
        self.value = self._initial
