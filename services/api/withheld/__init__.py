"""What is withheld, and from whom: names that may be a person's, and what is not one's own."""
