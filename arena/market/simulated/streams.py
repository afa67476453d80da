"""Random streams that depend on seed, ticker and purpose alone, so that every fact is the same in any order."""

import hashlib

import numpy as np


def stream(seed: int, ticker: str, purpose: str) -> np.random.Generator:
    """A generator of its own for each purpose; drawing more from it never changes what was drawn before."""
    digest = hashlib.sha256(f"{seed}/{ticker}/{purpose}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
