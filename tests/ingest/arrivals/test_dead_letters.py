"""Dead letters: the record as it came, with where it came from and why it could not be used."""

from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.arrivals.dead_letters import enqueue_dead_letters
from shared.database import begin
from shared.inbox import Reject
from shared.topics import LARGEST_RECORD
from tests.ingest.said import NOW, binary, outbox_of, rows_of


def reject(offset: int, content: bytes = b"nope", headers: object = ()) -> Reject:
    origin = f"kafka:x.finance.payments/3/{offset}"
    return Reject(origin, "not JSON", "", content, "GB-LAE-LDS", tuple(headers))  # type: ignore[arg-type] # a list of headers will do


async def letters(engine: AsyncEngine, *rejects: Reject) -> list[dict[str, bytes]]:
    async with begin(engine) as tx:
        await enqueue_dead_letters(tx, rejects, NOW)
    return [headers | {"": data} for _, _, _, headers, data in await outbox_of(engine)]


async def test_a_letter_says_where_the_record_came_from(engine: AsyncEngine) -> None:
    [letter] = await letters(engine, reject(7, headers=[*binary("1"), ("odd", None)]))
    assert letter[""] == b"nope"
    assert letter["reject_reason"] == b"not JSON"
    assert letter["reject_id"] == reject(7).id.encode()
    assert letter["source_topic"] == b"x.finance.payments"
    assert (letter["source_partition"], letter["source_offset"]) == (b"3", b"7")
    assert (letter["original_ce_id"], letter["original_odd"]) == (b"1", b"")


async def test_a_flood_of_bad_records_is_few_batches(engine: AsyncEngine) -> None:
    assert len(await letters(engine, *(reject(offset) for offset in range(3_000)))) == 3_000
    assert len(await rows_of(engine, "select seq from outbox")) == 1


async def test_large_records_are_spread_over_batches(engine: AsyncEngine) -> None:
    large = b"x" * 3_000_000
    assert len(await letters(engine, *(reject(offset, large) for offset in range(4)))) == 4
    assert len(await rows_of(engine, "select seq from outbox")) == 2


async def test_what_no_topic_would_take_stays_in_quarantine(engine: AsyncEngine) -> None:
    [letter] = await letters(engine, reject(1, b"x" * (LARGEST_RECORD + 1)))
    assert letter[""] == b""
    assert letter["content_withheld"]


async def test_headers_leave_room_for_the_value(engine: AsyncEngine) -> None:
    many = [(f"header-{number}", b"x" * 1000) for number in range(1000)]
    [letter] = await letters(engine, reject(1, headers=many))
    kept = [name for name in letter if name.startswith("original_")]
    assert 10 < len(kept) < 40


async def test_what_came_by_file_or_http_has_no_topic(engine: AsyncEngine) -> None:
    rejects = [Reject(f"{door}:1/2", "x", "", b"") for door in ("file", "http", "agreement")]
    assert await letters(engine, *rejects) == []
