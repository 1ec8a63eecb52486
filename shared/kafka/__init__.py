"""Kafka in and out: how it is reached, consumers and what they say of themselves, the producer."""
