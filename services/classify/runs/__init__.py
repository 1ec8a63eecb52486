"""Reclassification: what newer registers, definitions or fits change, counted and carried out."""
