import pytest

from esc_skills.optimizers.record import Record
from esc_skills.programs.models.ledger import Ledger
from esc_skills.signatures.edits import RemoveSkill, apply_edit


def decided(bank, gate: str) -> Record:
    """A record in which one removal was rejected by this gate."""
    record = Record(bank, Ledger())
    edit = RemoveSkill(name=bank.names[0])
    record.decide([edit], apply_edit(bank, edit), accepted=False, gate=gate, reason="no use")
    return record


@pytest.mark.parametrize(
    ("gate", "told", "refused"),
    [("screening", True, True), ("challenge", True, True), ("idle", True, False),
     ("review", False, False)],
)  # fmt: skip
def test_the_editor_is_told_of_what_was_tried_and_what_was_refuted_is_final(
    bank, gate: str, told: bool, refused: bool
):
    """An idle edit may act under another bank, but need not be proposed again and again."""
    record = decided(bank, gate)
    assert bool(record.rejected) == told
    assert bool(record.refused) == refused
    assert all("no use" in line for line in record.rejected)
