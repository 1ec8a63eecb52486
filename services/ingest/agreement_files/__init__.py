"""Agreements out of published files: registers of contracts, notices, OCDS, 360Giving, grants."""
