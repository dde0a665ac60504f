"""What a user runs: commands, configuration, corpora, tracking, reports, export, the rehearsal."""
