"""`make bench`: speed, latency and memory of the whole product, one JSON line a figure."""

import argparse
import asyncio
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from deploy.local.services import running_services
from deploy.local.stack import stack
from deploy.migrate import migrate_all
from shared.logs import configure_logs
from tests.bench.deliveries import measure_deliveries
from tests.bench.figures import figure, say
from tests.bench.latency import measure_visibility
from tests.bench.notice import measure_planning
from tests.bench.quality import measure_quality
from tests.bench.reads import measure_point_reads
from tests.bench.renewals import measure_renewals
from tests.bench.throughput import measure_throughput
from tests.support.data import data_folder
from tests.support.postings import Posting, generated_postings, real_postings

_LOAD_SECONDS = 25


def main() -> None:
    """Start everything, measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of real data")
    parser.add_argument("--payments", type=int, default=1_200_000)
    arguments = parser.parse_args()
    data = arguments.data or data_folder()
    with stack() as addresses:
        say(f"a {addresses.kind} stack is up")
        environment = asyncio.run(migrate_all(addresses.database)) | {
            "LOCALPOUND_REQUESTS_PER_SECOND": "0"  # one client asks for all
        }
        with running_services(addresses, environment) as services:
            for name, seconds in services.start_seconds.items():
                figure("start_seconds", seconds, "s", service=name, together=True)
            run = asyncio.run(measure_throughput(addresses, services, data, arguments.payments))
            asyncio.run(measure_point_reads(addresses, services))
            rate = run.per_second / 2
            load = list(_postings_after(data, arguments.payments, int(rate * _LOAD_SECONDS)))
            asyncio.run(measure_visibility(addresses, services, load, rate))
        configure_logs("bench", "WARNING")
        asyncio.run(measure_deliveries(addresses))
        asyncio.run(measure_planning(addresses))
        asyncio.run(measure_renewals(addresses))
        asyncio.run(measure_quality(addresses))


def _postings_after(data: Path | None, sent: int, most: int) -> Iterator[Posting]:
    """Payments that were not sent yet: the real ones after those that were, else generated."""
    if data is None:
        return generated_postings(most, seed=7)
    return islice(real_postings(data, sent + most), sent, None)


if __name__ == "__main__":
    main()
