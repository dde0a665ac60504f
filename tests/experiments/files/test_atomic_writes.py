import pytest

from esc_skills.experiments.files.atomic_writes import write_whole


def test_half_of_a_character_does_not_keep_a_file_from_being_written(tmp_path):
    write_whole(tmp_path / "deep" / "page.html", "sad \ud83d\ude22 and torn \ud800")
    assert (tmp_path / "deep" / "page.html").read_text("utf-8").endswith("and torn ?")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "page").mkdir()
    with pytest.raises(OSError, match="page"):
        write_whole(tmp_path / "page", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["page"]
