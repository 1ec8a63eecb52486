"""The spend told: its programmes, its links and changes, and how much of each figure is known."""
