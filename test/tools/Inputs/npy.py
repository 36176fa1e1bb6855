# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# npy.py FILE SHAPE [VALUE]: writes a float32 array of SHAPE (1,3,96,96) with small numbers, the last entry VALUE.
# npy.py FILE: prints shape, element type and whether all entries are finite.
import ast
import math
import struct
import sys


def write(path, shape, last):
    count = math.prod(shape)
    values = [(37 * i % 101) / 50 - 1 for i in range(count)]
    if last:
        values[-1] = float(last[0])
    header = repr({"descr": "<f4", "fortran_order": False, "shape": tuple(shape)})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{count}f", *values))


def read(path):
    with open(path, "rb") as file:
        magic, size = file.read(8), struct.unpack("<H", file.read(2))[0]
        header = ast.literal_eval(file.read(size).decode())
        data = file.read()
    assert magic == b"\x93NUMPY\x01\x00" and header["descr"] == "<f4" and not header["fortran_order"]
    values = struct.unpack(f"<{math.prod(header['shape'])}f", data)
    print("shape", header["shape"], "finite" if all(map(math.isfinite, values)) else "not finite")


if len(sys.argv) == 2:
    read(sys.argv[1])
else:
    write(sys.argv[1], [int(extent) for extent in sys.argv[2].split(",")], sys.argv[3:])
