#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/generate.py without one of its programs ends in one sentence that names it and says how to build it.

    check_generate.py BIN      BIN holds the programs
"""
import subprocess
import sys
import tempfile
from pathlib import Path

GENERATE = Path(__file__).resolve().parents[2] / "docs/generate.py"


def problems_of(arguments, *words):
    done = subprocess.run([sys.executable, "-B", GENERATE, *arguments], capture_output=True, text=True)
    problems = [] if done.returncode == 1 else [f"the exit code is 1, found {done.returncode}"]
    problems += [f"the message names '{word}', found: {done.stderr}" for word in words if word not in done.stderr]
    if done.stderr.count("\n") != 1:
        problems.append(f"the message is one line, found: {done.stderr}")
    return problems


def main():
    programs = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        problems = problems_of([f"{folder}/saliency-opt", "--check"], f"found no program {folder}/saliency-opt", "ninja -C build saliency-opt")
        for name in ("saliency-opt", "saliency-run"):
            (Path(folder) / name).write_bytes((programs / name).read_bytes())
            (Path(folder) / name).chmod(0o755)
        problems += problems_of([f"{folder}/saliency-opt"], f"found no program {folder}/saliency-patterns", "ninja -C build saliency-opt")
    for problem in problems:
        print(f"docs/generate.py: {problem}", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
