#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# run_goldens.sh SALIENCY_RUN GOLDENS [FLAGS]: compares every golden case of the methods in arguments.json. 77 = skipped.
set -eu
program=$1 goldens=$2
shift 2
if [ ! -f "$goldens/check.py" ]; then
  echo "skipped: no golden reference data in $goldens"
  exit 77
fi
# Networks whose operators are not covered yet end in exit code 2 and count as skipped.
/usr/bin/python3 "$goldens/check.py" --run "$program --threads=1" --arguments "$(dirname "$0")/arguments.json" "$@"
