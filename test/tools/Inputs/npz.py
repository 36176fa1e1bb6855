# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# npz.py FILE: prints each array's name and shape.
# npz.py FILE OUT NAME=NEW ...: a copy in which array NAME is called NEW; "NAME=" leaves it out, "NAME=*2" doubles its values,
# "NAME=NEW/AxB" also gives it another shape.
import ast
import re
import struct
import sys
import zipfile


def parse(data):
    size = struct.unpack("<H", data[8:10])[0]
    return ast.literal_eval(data[10:10 + size].decode()), data[10 + size:]


def write(header, data):
    text = repr(header)
    text += " " * (-(len(text) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + data


arrays = {}
with zipfile.ZipFile(sys.argv[1]) as file:
    assert file.testzip() is None
    for name in file.namelist():
        arrays[name.removesuffix(".npy")] = parse(file.read(name))
if len(sys.argv) == 2:
    for name, (header, data) in arrays.items():
        print(name, "x".join(map(str, header["shape"])), header["descr"])
    sys.exit()
for change in sys.argv[3:]:
    name, new = change.split("=")
    header, data = arrays.pop(name)
    if new == "*2":
        count = len(data) // 4
        arrays[name] = header, struct.pack(f"<{count}f", *(2 * value for value in struct.unpack(f"<{count}f", data)))
    elif match := re.fullmatch(r"(.*)/([0-9x]+)", new):
        arrays[match[1]] = {**header, "shape": tuple(map(int, match[2].split("x")))}, data
    elif new:
        arrays[new] = header, data
with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as file:
    for name, (header, data) in arrays.items():
        file.writestr(name + ".npy", write(header, data))
