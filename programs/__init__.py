"""What runs: DSPy modules for every stage, the bank as a parameter, models and the runner."""
