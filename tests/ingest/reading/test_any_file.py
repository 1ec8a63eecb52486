"""No file, however it is made or harmed, gives more than rows that add up, or a sentence."""

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.ingest.fuzz import make_file, read_file


@settings(deadline=None)
@example(number=302755)  # a field of 50,000 digits under a header
@example(number=16343)  # a part named by tabs: no sentence repeats them
@given(number=st.integers(0, 2**48))
def test_only_a_refusal_escapes_the_readers(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read_file(Path(folder) / "spend.any", make_file(number))
