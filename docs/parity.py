#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares all methods with the reference data and writes parity.md, the table method x network.

    docs/parity.py SALIENCY_RUN GOLDENS [--quick] [--only REGEX] [--jobs N]

GOLDENS is the folder of check.py, which is not part of this repository; what it does with each case is said there. Exit code: 1
where a case fails that test/goldens/expected_failures.txt does not list.
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
GOLDENS = DOCS.parent / "test/goldens"
sys.path.append(str(GOLDENS))
import expected  # noqa: E402

PAGE = """<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->
<!-- Written by docs/parity.py. -->
# Parity with published code

Maps of small trained networks, compared with those that the methods' authors' code or an established library made of the same networks
and inputs{quick}: {passed} of {count} cases agree{others}. A tolerance is ten times what the reference code itself differs by between two
precisions or two kinds of kernels, at least 1e-4.

{table}
{failures}## Flags

What each reference is compared with:

| reference | flags of saliency-run | |
|---|---|---|
{flags}"""


def flag_table(entries):
    text = ""
    for name, entry in entries.items():
        model = "; batch norm folded by the exporter" if entry.get("model") == "folded" else ""
        text += f"| {name} | {' '.join(f'`{argument}`' for argument in entry['args'])} | {entry.get('note', '')}{model} |\n"
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("goldens", type=Path)
    parser.add_argument("--quick", action="store_true", help="only the first case of every method and network")
    parser.add_argument("--only", default="", metavar="REGEX", help="only cases whose id or method matches, to try this out")
    parser.add_argument("--jobs", default="2", help="processes at a time (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table, report = Path(folder) / "table.md", Path(folder) / "report.json"
        command = [sys.executable, "-B", options.goldens / "check.py", "--run", f"{options.program} --threads=1", "--require-all",
                   "--arguments", GOLDENS / "arguments.json", "--markdown", table, "--report", report, "--jobs", options.jobs, "--only", options.only]
        code = subprocess.run(command + ["--quick"] * options.quick).returncode
        if not report.is_file():
            print(f"check.py ended with {code} and left no report", file=sys.stderr)
            return 1
        markdown, results = table.read_text(), json.loads(report.read_text())
    bad, listed = [result for result in results if result["status"] != "passed"], expected.read()
    reasons = {}  # cases with the same reason share a line
    for result in bad:
        entry = expected.find(listed, result["id"])
        reasons.setdefault(entry.why if entry else "not explained", []).append(f"{result['id']} ({result['message']})")
    failures = "".join(f"* {'; '.join(cases)}: {why}.\n" for why, cases in reasons.items())
    (DOCS / "parity.md").write_text(PAGE.format(
        quick=", the first case of every method and network" if options.quick else "", passed=len(results) - len(bad), count=len(results),
        others=", the others are explained below" if bad else "", table=markdown, failures=f"{failures}\n" if bad else "",
        flags=flag_table(json.loads((GOLDENS / "arguments.json").read_text()))))
    return int("not explained" in reasons)


if __name__ == "__main__":
    sys.exit(main())
