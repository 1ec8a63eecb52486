from deploy.demo.sample import Sample


def unusable_rows(sample: Sample) -> int:
    """How many rows of the council's file can't be used."""
    return sum(row.pence is None for row in sample.council_rows)
