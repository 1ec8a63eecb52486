"""The verbs of `python -m services.api`, each asking a use case and saying what came of it."""
