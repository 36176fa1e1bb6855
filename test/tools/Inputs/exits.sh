#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# exits.sh CODE COMMAND...: fails unless COMMAND ends with exit code CODE.
expected=$1
shift
"$@"
found=$?
[ "$found" -eq "$expected" ] && exit 0
echo "exit code $expected expected, found $found: $*" >&2
exit 1
