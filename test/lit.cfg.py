# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# lit + FileCheck over test/: IR, diagnostics and the command lines of both tools. Run through the build, whose
# lit.site.cfg.py says where the programs are: lit -sv BUILD/test/dialect
import os
import subprocess
import sys

import lit.formats

config.name = "saliency"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "small.mlir", "wide.mlir"]  # inputs of C++ tests
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.saliency_obj_root, "test")

path = [config.saliency_tools_dir, config.llvm_tools_dir, config.environment.get("PATH", "")]
config.environment["PATH"] = os.pathsep.join(path)
config.environment["LC_ALL"] = "C"

# The methods compiled in are features: a test says `REQUIRES: rsp`.
listing = [os.path.join(config.saliency_tools_dir, "saliency-opt"), "--list-methods"]
for line in subprocess.run(listing, check=True, capture_output=True, text=True).stdout.splitlines():
    config.available_features.add(line.split()[0])

inputs = os.path.join(config.test_source_root, "tools", "Inputs")
config.substitutions += [
    ("%demo", os.path.join(config.test_source_root, "demo")),
    ("%clang", config.clang),
    ("%exits", "sh " + os.path.join(inputs, "exits.sh")),
    ("%weights", sys.executable + " " + os.path.join(config.test_source_root, "passes/Inputs/weights.py")),
    ("%npy", sys.executable + " " + os.path.join(inputs, "npy.py")),
    ("%npz", sys.executable + " " + os.path.join(inputs, "npz.py")),
]
