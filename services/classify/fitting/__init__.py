"""How the evidence model is fitted to labelled suppliers, and its thresholds set out of fold."""
