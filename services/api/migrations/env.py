from services.api.kept.tables import metadata as kept
from services.api.tables import metadata
from shared.database import run_environment

run_environment(metadata, kept)
