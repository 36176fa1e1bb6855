# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a program with a terminal as its standard error, and prints what it wrote there, escaped, one rewriting of the line a line.

    terminal.py PROGRAM ARGUMENT...
"""
import os
import pty
import subprocess
import sys

terminal, end = pty.openpty()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=end).returncode
os.close(end)
text = b""
try:
    while part := os.read(terminal, 4096):
        text += part
except OSError:  # the other end is closed and everything read
    pass
for line in text.decode().split("\r\x1b[K"):
    print(repr(line))
sys.exit(code)
