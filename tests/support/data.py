"""Where the real data are, if they are: LOCALPOUND_DATA, else `shared/data` beside the checkout."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def data_folder() -> Path | None:
    """The folder of real data, None where it is absent."""
    folder = Path(os.environ.get("LOCALPOUND_DATA") or ROOT.parent / "shared" / "data")
    return folder if (folder / "spend").is_dir() else None
