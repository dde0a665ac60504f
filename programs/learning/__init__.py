"""Stages that learn from dialogues: miner, analyst, editor, safety reviewer, profile writer."""
