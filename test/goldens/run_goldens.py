#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""run_goldens.py SALIENCY_RUN GOLDENS [FLAGS]: compares every golden case of the methods in arguments.json.

Cases in expected_failures.txt must or may fail, as it says, all others pass. Exit code 77: there is no reference data.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import expected

here = Path(__file__).parent


def main():
    program, goldens, *flags = sys.argv[1:]
    check = Path(goldens) / "check.py"
    if not check.is_file():
        print(f"skipped: no golden reference data in {goldens}")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run([sys.executable, "-B", check, "--run", f"{program} --threads=1", "--arguments", here / "arguments.json",
                        "--report", report, *flags])
        if not report.is_file():
            return 1
        results = json.loads(report.read_text())
    listed, mistakes = expected.read(), 0
    for result in results:
        known = expected.find(listed, result["id"])
        if result["status"] == "failed" and not known:
            mistakes += 1
        if result["status"] == "passed" and known and known.must:
            print(f"{result['id']} passes, but expected_failures.txt lists it")
            mistakes += 1
    print(f"{mistakes} of {len(results)} cases are not as expected")
    return int(mistakes > 0)


sys.exit(main())
