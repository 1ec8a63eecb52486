from services.api.tables import metadata
from shared.database import run_environment

run_environment(metadata)
