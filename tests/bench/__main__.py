"""`make bench`: speed, latency and memory of the whole product, one JSON line a figure."""

import argparse
import asyncio
from pathlib import Path

from deploy.local.services import running_services
from deploy.local.stack import stack
from deploy.migrate import migrate_all
from tests.bench.figures import figure, say
from tests.bench.latency import measure_visibility
from tests.bench.reads import measure_point_reads
from tests.bench.throughput import measure_throughput
from tests.support.data import data_folder


def main() -> None:
    """Start everything, measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of real data")
    parser.add_argument("--payments", type=int, default=1_200_000)
    arguments = parser.parse_args()
    data = arguments.data or data_folder()
    with stack() as addresses:
        say(f"a {addresses.kind} stack is up")
        environment = asyncio.run(migrate_all(addresses.database))
        with running_services(addresses, environment) as services:
            for name, seconds in services.start_seconds.items():
                figure("start_seconds", seconds, "s", service=name, together=True)
            run = asyncio.run(measure_throughput(addresses, services, data, arguments.payments))
            asyncio.run(measure_point_reads(addresses, services))
            asyncio.run(measure_visibility(addresses, services, run.per_second / 2))


if __name__ == "__main__":
    main()
