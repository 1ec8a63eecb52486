from services.notify.tables import metadata
from shared.database import run_environment

run_environment(metadata)
