"""What every stage is asked: the types of the domain and one `dspy.Signature` per stage.

No model is called here and nothing is read or written.
"""
