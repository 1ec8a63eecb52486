"""What is asked of the spend: which days, as known when, cut and counted how, which payments."""
