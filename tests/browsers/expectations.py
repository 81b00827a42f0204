"""Checks of the tests: at once, or within a deadline."""

import time

PATIENCE_S = 60


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"FAILED: {what}: {found}, not {wanted}")


def wait_for(sentence, is_so, more=lambda: ""):
    """Waits until the function returns something true, and returns that."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := is_so()):
        if time.monotonic() > deadline:
            raise SystemExit(f"{sentence}\n{more()}")
        time.sleep(0.02)
    return found
