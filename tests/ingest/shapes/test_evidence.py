"""What is kept of a column's values."""

from services.ingest.shapes.evidence import weigh


def test_of_a_long_value_a_sample_keeps_the_beginning() -> None:
    whole = "A" * 200_000
    assert weigh([whole, "Acme Ltd", "Beta Ltd"]).samples == (whole[:200], "Acme Ltd")
