#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Search with one libFuzzer program, from recorded seeds if there are any, and
# say in one line how much was seen. Fails with the report of a finding.
#     run.sh PROGRAM SECONDS SEEDS-DIR
set -eu
program=$1 seconds=$2 seeds=$3
name=${program##*/}
work=${program%/*}/work
mkdir -p "$work/$name"
[ -d "$seeds" ] || seeds=
# shellcheck disable=SC2086 # no directory, no argument
if ! "$program" -max_total_time="$seconds" -max_len=1024 -len_control=0 \
    -timeout=10 -artifact_prefix="$work/$name-" "$work/$name" $seeds \
    >"$work/$name.log" 2>&1; then
    tail -n 60 "$work/$name.log" >&2
    echo "$name: a finding; the input is in $work, the log in $work/$name.log" >&2
    exit 1
fi
# "#N DONE cov: N ft: N corp: ...": edges, and features (edges with counts).
sed -n "s/^#\([0-9]*\).*DONE *cov: \([0-9]*\) ft: \([0-9]*\).*/$name: $seconds s, \1 inputs, \2 edges, \3 features, no finding/p" \
    "$work/$name.log"
