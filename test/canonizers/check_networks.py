#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Canonizers on reference networks: each keeps the network's outputs, and leaves no batch norm that it should fold.

    check_networks.py SALIENCY_OPT FOLDER

FOLDER has the networks; exit code 77 where it is absent.
"""
import re
import subprocess
import sys
from pathlib import Path

CHANGE = 2e-6  # limit, relative to the largest output
CANONIZERS = ("fold-batch-norm", "threshold-units", "fold-batch-norm-forward")
# Of each network: the flags, and how many batch norms each canonizer folds and leaves.
CASES = {
    ("dense_a", "--param=batch-norm=canonical"): ((7, 8), (8, 0), (0, 0)),
    ("dense_a", "--fold-batch-norm=off", "--threshold-units=on", "--fold-batch-norm-forward=off"): (None, (14, 1), None),
    ("resbottle_a", "--conventions=zennit-canon", "--threshold-units=on"): ((20, 0), (0, 0), None),
    ("mobile2_a", "--fold-batch-norm=off", "--threshold-units=on", "--fold-batch-norm-forward=on"): (None, (10, 1), (0, 6)),
    ("vggbn_a", "--fold-batch-norm=on"): ((4, 0), None, None),
}
LINE = re.compile(r"(\S+): (\d+) batch norms folded, (\d+) left; on \d+ random inputs the outputs change by at most (\S+), (\S+) of the largest")


def main():
    opt, folder = sys.argv[1], Path(sys.argv[2])
    if not folder.is_dir():
        print(f"no networks: {folder} is absent")
        return 77
    failures = 0
    for (name, *flags), expected in CASES.items():
        command = [opt, str(folder / f"{name}.onnx"), "--emit-lrp-epsilon", *flags, "--report-canonizers", "--stage=canonical"]
        result = subprocess.run(command, capture_output=True, text=True)
        found = {line[0]: ((int(line[1]), int(line[2])), float(line[4])) for line in LINE.findall(result.stderr)}
        wanted = {canonizer: counts for canonizer, counts in zip(CANONIZERS, expected) if counts}
        counts = {canonizer: entry[0] for canonizer, entry in found.items()}
        change = max((entry[1] for entry in found.values()), default=float("inf"))
        good = result.returncode == 0 and counts == wanted and change <= CHANGE
        failures += not good
        print(f"{'ok    ' if good else 'FAILED'} {name} {' '.join(flags)}: {counts}, change {change:g} (limit {CHANGE:g})")
        if not good:
            print(f"       expected {wanted}\n{result.stderr}")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
