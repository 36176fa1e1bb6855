#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""RSP separates the two objects of every demonstration scene: positive on the target's, negative on the other's.

    check_scenes.py SALIENCY_RUN
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
MARGIN = 6  # pixels around a box: the network's receptive field blurs outlines
VISIBLE = 0.1  # of full colour; what is paler does not count
SHARE = 0.95  # of the visible relevance of one sign that must lie on its object


def inside(relevance, box):
    x0, y0, x1, y1 = box
    return relevance[max(0, y0 - MARGIN):y1 + MARGIN, max(0, x0 - MARGIN):x1 + MARGIN].sum()


def shares(relevance, target, other):
    """The share of the positive relevance that lies on the target's object, and of the negative that lies on the other's."""
    relevance = np.where(np.abs(relevance) < VISIBLE * np.quantile(np.abs(relevance), 0.995), 0, relevance)
    positive, negative = np.maximum(relevance, 0), np.maximum(-relevance, 0)
    return inside(positive, target["box"]) / positive.sum(), inside(negative, other["box"]) / negative.sum()


def main():
    scenes = [s for s in json.loads((HERE / "scenes.json").read_text())["scenes"] if len(s["objects"]) == 2]
    failures = 0
    with tempfile.TemporaryDirectory() as out:
        command = [sys.argv[1], str(HERE / "shapes.onnx"), "--method=rsp", "--target=0,1,2,3,4,5,6,7", "--mean=0.5", "--std=0.25",
                   "--map2d", "--quiet", f"--out-dir={out}", *(str(HERE / s["file"]) for s in scenes)]
        subprocess.run(command, check=True, timeout=300)
        for scene in scenes:
            for target, other in (scene["objects"], scene["objects"][::-1]):
                relevance = np.load(Path(out) / f"{Path(scene['file']).stem}_t{target['index']}.map2d.npy")[0, 0]
                on_target, on_other = shares(relevance, target, other)
                good = on_target >= SHARE and on_other >= SHARE
                failures += not good
                print(f"{'ok    ' if good else 'FAILED'} {scene['file']}: {on_target:.3f} of the red on {target['class']}, "
                      f"{on_other:.3f} of the blue on {other['class']}")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
