"""What suppliers are classified by: the index of registers, definitions, fit; kept current."""
