"""The Reconciliation Service API 0.2, so that OpenRefine can ask for names."""
