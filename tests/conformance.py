#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Say of each row of a table whether the tests that it names have passed.

    conformance.py [--rig FILE | --no-rig] [--run-rig RUN-CASES] TABLE [BUILD]
    conformance.py --form TABLE CASES...
    conformance.py --cases TABLE

The first form reads what "make check" left in BUILD (NAME.tap of each Check
program, NAME.trs of each test) and the verdicts of "run-cases --verdicts FILE".
With --run-rig, cases without a verdict are run first and added to FILE. With
--no-rig, a row that needs the rig counts as skipped. --form only checks that
the table is well-formed and that its cases are in the directory CASES; --cases
lists them.

TABLE: a line a row, fields separated by tabs; lines with "#" are comments:
    item, statement, where (unit, rig, "unit rig" or n/a), tests (or the reason)
A test is PROGRAM:FUNCTION, PROGRAM:TCASE/FUNCTION where a program has more than
one function of that name, PROGRAM alone for all of it, or rig:CASE[/STEP].

Exit status: 0 when no row failed, 1 when one did, 2 for a table or command line
that is none.
"""

import argparse
import os
import re
import subprocess
import sys
import textwrap

TAP_LINE = re.compile(r"(ok|not ok) \d+ - [^:]*:([^:]*):(\w+): ?(.*)")
TAP_PLAN = re.compile(r"1\.\.(\d+)$")
RIG_LINE = re.compile(r"(ok|not ok|skip) ([a-z0-9-]+(?:/\w+)?)(?::? *(.*))?$")
WHERES = {("unit",), ("rig",), ("unit", "rig"), ("n/a",)}


class TableError(Exception):
    """A mistake in a table, with the line it stands on."""


class Row:
    """One line of the table."""

    def __init__(self, place, line):
        fields = [field.strip() for field in line.split("\t") if field.strip()]
        if len(fields) != 4:
            raise TableError(f"{place}: {len(fields)} fields, not 4")
        self.item, self.statement, where, self.rest = fields
        self.where = tuple(where.split())
        if self.where not in WHERES:
            raise TableError(f'{place}: "{where}" is no place where tests run')
        self.tests = [] if self.where == ("n/a",) else self.rest.split()
        kinds = tuple(sorted({kind_of(test) for test in self.tests},
                             reverse=True))
        if self.tests and kinds != self.where:
            raise TableError(f'{place}: says "{where}", but its tests run in '
                             f'"{" ".join(kinds)}"')


def kind_of(test):
    """Where a test runs."""
    return "rig" if test.startswith("rig:") else "unit"


def read_table(path):
    """The rows of a table, none twice."""
    rows = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#") or not line.strip():
                continue
            row = Row(f"{path}:{number}", line.rstrip("\n"))
            if row.item in {other.item for other in rows}:
                raise TableError(f"{path}:{number}: {row.item} once more")
            rows.append(row)
    if not rows:
        raise TableError(f"{path}: no row")
    return rows


def cases_of(rows):
    """The cases of the rig that a table names, in order."""
    cases = {}
    for row in rows:
        for test in row.tests:
            if kind_of(test) == "rig":
                cases[test[4:].split("/")[0]] = True
    return list(cases)


class UnitResults:
    """What the last "make check" says, a program at a time."""

    def __init__(self, build):
        self.files = {}
        self.programs = {}
        for top, _, names in os.walk(os.path.join(build, "tests")):
            for name in names:
                stem, ext = os.path.splitext(name)
                if ext in (".tap", ".trs"):
                    self.files[stem, ext] = os.path.join(top, name)

    def lines(self, program, ext):
        """The lines of one of a program's two files; none if it is missing."""
        path = self.files.get((program, ext))
        if not path:
            return []
        with open(path, encoding="utf-8", errors="replace") as lines:
            return lines.read().splitlines()

    def functions(self, program):
        """TCASE/FUNCTION to complaint ("" is none) of a program's tests. One
        that ended before its plan was written has no result at all."""
        if program not in self.programs:
            found, plan = {}, None
            for line in self.lines(program, ".tap"):
                match = TAP_LINE.match(line)
                if match:
                    name = f"{match[2].replace(' ', '-')}/{match[3]}"
                    bad = "" if match[1] == "ok" else match[4] or "failed"
                    found[name] = found.get(name) or bad
                elif TAP_PLAN.match(line):
                    plan = line
            self.programs[program] = found if plan else {}
        return self.programs[program]

    def complaint(self, test):
        """Why a test has not passed; "" when it has."""
        program, _, function = test.partition(":")
        if function:
            functions = self.functions(program)
            if not functions:
                return "no result of this program"
            hits = [name for name in functions
                    if function in (name, name.split("/")[1])]
            if len(hits) > 1:
                return f"which of {', '.join(hits)}?"
            return functions[hits[0]] if hits else "there is no such test"
        results = {line.split(":")[-1].strip()
                   for line in self.lines(program, ".trs")
                   if line.startswith(":test-result:")}
        if results == {"PASS"}:
            return ""
        return "failed" if results else "no result of this program"


class RigResults:
    """What run-cases wrote with --verdicts. The last word counts."""

    def __init__(self, path):
        self.verdicts = {}
        if path and os.path.exists(path):
            with open(path, encoding="utf-8") as lines:
                for line in lines:
                    match = RIG_LINE.match(line.rstrip("\n"))
                    if match:
                        self.verdicts[match[2]] = (match[1], match[3] or "")

    def complaint(self, test):
        """Why a case, or a step of it, has not passed. A step of a case that
        failed later has not: what it left behind may be what failed."""
        name = test[4:]
        for part in dict.fromkeys([name.split("/")[0], name]):
            verdict, why = self.verdicts.get(part, (None, ""))
            if not verdict:
                return f"no step {part}" if "/" in part else "did not run"
            if verdict != "ok":
                return f"{part} failed" if verdict == "not ok" else (
                    f"skipped: {why}")
        return ""


def judge(row, unit, rig):
    """The verdict on a row and the complaints about its tests."""
    if not row.tests:
        return "n/a", [row.rest]
    complaints, skipped = [], False
    for test in row.tests:
        if kind_of(test) == "unit":
            complaint = unit.complaint(test)
        elif rig:
            complaint = rig.complaint(test)
        else:
            skipped = True
            continue
        if complaint:
            complaints.append(f"{test}: {complaint}")
    if complaints:
        return "FAIL", complaints
    return "skip" if skipped else "ok", []


def report(row, verdict, complaints):
    """A row for people."""
    first = f"{verdict:<4} {row.item:>3}  "
    indent = " " * len(first)
    print("\n".join(textwrap.wrap(row.statement, 100, initial_indent=first,
                                  subsequent_indent=indent)))
    for text in complaints or [", ".join(row.tests)]:
        print("\n".join(textwrap.wrap(text, 100, initial_indent=indent + "  ",
                                      subsequent_indent=indent + "  ",
                                      break_on_hyphens=False)))


def run_missing(rows, args):
    """Run on the rig what has no verdict yet."""
    known = RigResults(args.rig).verdicts
    missing = [case for case in cases_of(rows) if case not in known]
    if not missing:
        return
    print(f"running on the rig: {' '.join(missing)}", flush=True)
    subprocess.run([args.run_rig, "--verdicts", args.rig] + missing,
                   check=False)


def verdicts(args, rows):
    """The whole table; the exit status."""
    if args.run_rig and args.rig:
        run_missing(rows, args)
    unit = UnitResults(args.rest[0] if args.rest else ".")
    rig = None if args.no_rig else RigResults(args.rig)
    counts = {"ok": 0, "FAIL": 0, "skip": 0, "n/a": 0}
    for row in rows:
        verdict, complaints = judge(row, unit, rig)
        counts[verdict] += 1
        report(row, verdict, complaints)
    print(f"{os.path.basename(args.table)}: {counts['ok']} passed, "
          f"{counts['FAIL']} failed, {counts['skip']} skipped, "
          f"{counts['n/a']} not applicable")
    return 1 if counts["FAIL"] else 0


def form(args, rows):
    """Cases that are named but not there; the exit status."""
    missing = [case for case in cases_of(rows) if not any(
        os.path.exists(os.path.join(top, case + ".sh")) for top in args.rest)]
    for case in missing:
        print(f"{args.table}: there is no case {case}")
    return 1 if missing else 0


def main():
    """The command line."""
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rig")
    parser.add_argument("--no-rig", action="store_true")
    parser.add_argument("--run-rig")
    parser.add_argument("--form", action="store_true")
    parser.add_argument("--cases", action="store_true")
    parser.add_argument("table")
    parser.add_argument("rest", nargs="*")
    args = parser.parse_args()
    try:
        rows = read_table(args.table)
    except (OSError, TableError) as error:
        print(f"conformance.py: {error}", file=sys.stderr)
        return 2
    if args.cases:
        print("\n".join(cases_of(rows)))
        return 0
    return form(args, rows) if args.form else verdicts(args, rows)


if __name__ == "__main__":
    sys.exit(main())
