# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The golden cases that must or may fail, from expected_failures.txt."""
from pathlib import Path
from typing import NamedTuple


class Expected(NamedTuple):
    must: bool
    why: str


def read():
    """{MODEL/METHOD or MODEL/METHOD/CASE: Expected}"""
    lines = (Path(__file__).parent / "expected_failures.txt").read_text().splitlines()
    entries = [line.split(maxsplit=2) for line in lines if line.strip() and not line.startswith("#")]
    unknown = [kind for _, kind, _ in entries if kind not in ("must", "may")]
    if unknown:
        raise ValueError(f"expected_failures.txt: a case must or may fail, found {unknown}")
    return {case: Expected(kind == "must", why) for case, kind, why in entries}


def find(expected, case):
    """The entry of a case's id, MODEL/METHOD/CASE; None where it has to pass."""
    return expected.get(case) or expected.get(case.rsplit("/", 1)[0])
