"""The evidence model: features of a pair, the fitted numbers, what they judge and may not say."""
