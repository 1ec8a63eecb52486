"""Turns what arrives into facts, losing nothing."""

SOURCE = "/ingest"
"""The CloudEvents source of everything that this service publishes."""
