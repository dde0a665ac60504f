"""Where a person in danger can turn, from a file; nothing here is invented."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from esc_skills.signatures.dialogue import Language
from esc_skills.signatures.frozen import Frozen


class HelpLine(Frozen):
    """A number that helps."""

    countries: tuple[str, ...]
    """Where it can be called, by their two letters of ISO 3166."""
    where: str
    """The same in words."""
    name: str
    number: str
    example: Language | None = None
    """The language in which it is named where nobody knows the country."""


class HelpWords(Frozen):
    """What is said in one language."""

    help: str
    """Said first to a person in danger; `{lines}` stands for the lines, if any is known."""
    abroad: str
    """How a line is named where nobody knows the country."""
    here: str
    """How one of the person's country is named."""
    example: str
    """What stands for the lines; `{each}` for all of them."""
    between: str
    """What stands between two of them."""
    imminent: str
    """Said before the help where the danger is imminent."""
    safe: str
    """Said in place of a reply that breaks a rule."""


class HelpFile(Frozen):
    """Where a person in danger can turn."""

    reviewed: date
    """The day on which somebody last checked the lines."""
    lines: tuple[HelpLine, ...]
    words: dict[Language, HelpWords]

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries of which a line is known, by their two letters."""
        return tuple(sorted({country for line in self.lines for country in line.countries}))

    def help_in(self, language: Language, country: str | None = None) -> str:
        """What is said first to a person in danger.

        Args:
            language: Of the person.
            country: Where the person is, by its two letters; None where nobody knows. Of one whose
                lines are not known, none is named.
        """
        words = self.words[language]
        if country is None:
            form, lines = words.abroad, [one for one in self.lines if one.example == language]
        else:
            form, lines = words.here, [one for one in self.lines if country in one.countries]
        each = words.between.join(form.format(**line.model_dump()) for line in lines)
        return words.help.format(lines=words.example.format(each=each) if lines else "")


@lru_cache(maxsize=1)
def read_help() -> HelpFile:
    """The packaged file of help."""
    text = Path(__file__).with_name("help.yaml").read_text(encoding="utf-8")
    return HelpFile.model_validate(yaml.safe_load(text))
