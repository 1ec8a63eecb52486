"""What people decide of a supplier: recorded, revoked, exported and imported."""
