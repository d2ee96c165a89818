"""Processes that draw beside the one that asked them to, and end with it however it ends."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_parent(worker: int = 0) -> None:
    """Make this process end when the one that started it is killed; it would wait for work for ever.

    To be called first thing in a worker of `multiprocessing`; a loader passes its number, which does not matter.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()
