"""Records as runs in a tracker: MLflow, none, or one of your own."""
