"""The supporter, its bank and policy, and how it is deployed."""
