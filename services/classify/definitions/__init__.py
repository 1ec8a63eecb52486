"""What counts as VCSE: definitions and flags as dated data, and how membership is evaluated."""
