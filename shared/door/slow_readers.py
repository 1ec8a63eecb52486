"""A reader that takes a streamed answer too slowly is left, and sees that it is not whole.

What the answer is read from waits as long: a connection and a moment of the database, a turn that
others wait for, and the swap of a rebuilt read model.
"""

import asyncio

from starlette.types import Message, Send

_GRACE_SECONDS = 60.0
_SLOWEST_BYTES_A_SECOND = 128 * 1024
"""A million payments as CSV, 250 MB, are kept waiting for half an hour at most."""


def no_slower(send: Send) -> Send:
    """The same `send`, which raises TimeoutError once its reader has kept it waiting for too long.

    That is a minute in all, and a second more for each 128 KiB that the reader has taken: one that
    takes a little every now and then is as slow as one that takes nothing.
    """
    waited, taken = 0.0, 0
    clock = asyncio.get_running_loop().time

    async def sent(message: Message) -> None:
        nonlocal waited, taken
        began = clock()
        async with asyncio.timeout(_GRACE_SECONDS + taken / _SLOWEST_BYTES_A_SECOND - waited):
            await send(message)
        waited += clock() - began
        taken += len(message.get("body", b""))

    return sent
