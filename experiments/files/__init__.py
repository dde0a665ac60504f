"""Every reader and writer of files; what is wrong with one ends in a sentence."""
