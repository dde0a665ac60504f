"""What every corpus reader must do."""

from pathlib import Path

import pytest

from esc_skills.experiments.corpora.readers import Reader
from esc_skills.experiments.corpora.reading import Reading, ReadReport, read_conversations
from esc_skills.experiments.errors import UserError
from esc_skills.signatures.dialogue import Conversation


class ReaderContract:
    """A reader gives conversations with turns, the same each time, and refuses a strange file.

    Attributes:
        plugin: The class of the reader.
        sample: A file that it reads.
    """

    plugin: type[Reader]
    sample: Path

    @pytest.fixture
    def address(self) -> str:
        """The reader as a user names it."""
        return f"{self.plugin.__module__}:{self.plugin.__qualname__}"

    def read(self, address: str) -> list[Conversation]:
        """The conversations of the sample."""
        return self.read_from(self.sample, address)

    @staticmethod
    def read_from(path: Path, address: str) -> list[Conversation]:
        """The conversations of a file."""
        return list(read_conversations([path], ReadReport(), Reading(reader=address)))

    def test_the_sample_is_read(self, address: str) -> None:
        """Each conversation has both speakers, words in every turn, and an id of its own."""
        found = self.read(address)
        assert found
        for conversation in found:
            assert {turn.speaker for turn in conversation.turns} == {"seeker", "supporter"}
            assert all(turn.text.strip() for turn in conversation.turns)
        ids = [conversation.id for conversation in found]
        assert len(set(ids)) == len(ids)
        assert all(name.startswith(f"{self.sample.name}#") for name in ids)

    def test_reading_again_gives_the_same(self, address: str) -> None:
        """Finished conversations are remembered by their content."""
        assert self.read(address) == self.read(address)

    def test_records_come_one_at_a_time(self) -> None:
        """A corpus may be larger than memory, so records are an iterator."""
        records = self.plugin().records(self.sample)
        assert iter(records) is records

    def test_a_record_that_is_no_conversation_is_a_value_error(self) -> None:
        """The record is skipped with the reason, and the file goes on."""
        for record in (None, 3, "words", [], {}):
            with pytest.raises(ValueError, match=r"\w"):
                self.plugin().conversation(record, "x#1")

    def test_a_missing_file_is_refused_in_a_sentence(self, tmp_path: Path, address: str) -> None:
        """The sentence names the file."""
        with pytest.raises((UserError, OSError), match="nothing-here"):
            list(
                read_conversations(
                    [tmp_path / "nothing-here"], ReadReport(), Reading(reader=address)
                )
            )
