"""The verbs of the Makefile, in standard-library Python: what runs before anything is installed."""
