# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints IR with its resources as numbers: name: "0x04000000000000400000..." becomes name: [2, ...], float32 in order."""
import re
import struct
import sys


def numbers(match):
    data = bytes.fromhex(match[2])  # the first four bytes say the alignment
    return match[1] + "[" + ", ".join(f"{entry:g}" for entry in struct.unpack(f"<{len(data) // 4 - 1}f", data[4:])) + "]"


sys.stdout.write(re.sub(r'(^\s*\w+: )"0x((?:[0-9A-F]{8})+)"', numbers, sys.stdin.read(), flags=re.MULTILINE))
