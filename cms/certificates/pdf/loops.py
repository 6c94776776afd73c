"""Waiting for pyHanko's coroutines, wherever the caller stands."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def wait_for(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns, also for a thread that is already running a loop (ASGI, browser tests)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
