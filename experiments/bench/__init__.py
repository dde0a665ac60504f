"""The contest of optimizers: same worlds, same ledger, and a truth that no optimizer can see."""
