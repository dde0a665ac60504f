"""The commands of `esc-skills`, one file a topic. Heavy imports wait until a command runs."""
