"""Legal forms that a name states of itself."""

STATED = ("", "LIMITED", "PLC", "LLP", "CIC", "CIO")
"""None first; their places are their codes."""
