"""The pounds of each supplier, by which reviews are sorted and runs tell what they move."""
