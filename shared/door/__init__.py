"""HTTP, the same at every door: what it takes, what it answers and refuses, and how it says so."""
