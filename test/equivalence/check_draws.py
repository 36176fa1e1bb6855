#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""SmoothGrad's own noise against the same noise made here and given in a file, and without noise against the gradient.

    check_draws.py SALIENCY_OPT SALIENCY_RUN
"""
import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from check_equivalence import Check
from networks import convolutional

SEED, SIGMA, SAMPLES = 12345678901, 0.3, 4


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011) on arrays of counters."""
    c, k0, k1, mask, half = [w.astype(np.uint64) for w in counter], key & 0xffffffff, key >> 32, np.uint64(0xffffffff), np.uint64(32)
    for _ in range(10):
        a, b = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [(b >> half) ^ c[1] ^ np.uint64(k0), b & mask, (a >> half) ^ c[3] ^ np.uint64(k1), a & mask]
        k0, k1 = (k0 + 0x9E3779B9) & mask.item(), (k1 + 0xBB67AE85) & mask.item()
    return c


def normal(entries, run):
    """Box and Muller on the 24 high bits of the first two words."""
    e, zero = np.arange(entries), np.zeros(entries, np.int64)
    words = [(w >> np.uint64(8)).astype(float) / 2**24 for w in philox([e, zero + run, zero, zero], SEED)]
    return np.sqrt(-2 * np.log(1 - words[0])) * np.cos(2 * np.pi * words[1])


class DrawCheck(Check):
    def repetitions(self, method):
        return [] if method == "gradient" else [f"--param=samples={SAMPLES}"]

    def explain_with(self, model, method, image, flags, call):
        """As explain(), with flags of the call."""
        library = self.folder / "explainer.so"
        self.run([self.options.saliency_opt, model, f"--emit={method}", *self.repetitions(method), *flags, "-o", library])
        self.run([self.options.saliency_run, library, "--target=2", f"--out-dir={self.folder}", *call, image])
        return np.load(self.folder / f"{Path(image).stem}_t2.npy")

    def draws(self):
        model, image = self.folder / "network.mlir", self.folder / "image.npy"
        model.write_text(convolutional(1, 3))
        x = np.random.default_rng(4).standard_normal((1, 3, 19, 21)).astype(np.float32)
        np.save(image, x)
        noise = np.stack([normal(x.size, run).reshape(x.shape[1:]) for run in range(SAMPLES)]) * SIGMA
        np.save(self.folder / "noise.npy", noise.astype(np.float32))
        np.save(self.folder / "none.npy", np.zeros_like(noise, np.float32))
        flags = ["--param=scale=absolute", f"--param=sigma={SIGMA}", f"--param=random-seed={SEED}"]
        for combine in ("mean", "variance"):
            own = self.explain_with(model, "smoothgrad", image, [*flags, f"--param=combine={combine}"], [])
            given = self.explain_with(model, "smoothgrad", image, [f"--param=combine={combine}"], [f"--param=noise={self.folder / 'noise.npy'}"])
            self.close(f"{combine}: drawn against given noise", own, given)
        still = self.explain_with(model, "smoothgrad", image, [], [f"--param=noise={self.folder / 'none.npy'}"])
        self.close("no noise against the gradient", still, self.explain_with(model, "gradient", image, [], []))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("saliency_opt")
    parser.add_argument("saliency_run")
    with tempfile.TemporaryDirectory() as folder:
        check = DrawCheck(parser.parse_args(), Path(folder))
        check.draws()
        return int(check.failures > 0)


if __name__ == "__main__":
    sys.exit(main())
