# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts what meson's test log holds: tally.py LABEL testlog.json

One line a test on stdout, "RESULT<TAB>NAME<TAB>WHY" with RESULT ok, fail or skip; every TAP subtest
is one. A test program that crashed, stopped before its plan's end or ran nothing is a failure. The
output of programs with a failure goes to stderr.
"""
import json
import re
import sys

POINT = re.compile(r"^(not )?ok\b\s*\d*\s*-?\s*([^#]*)(?:#\s*(SKIP|TODO)\b\s*(.*))?", re.I)
PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*SKIP\b\s*(.*))?", re.I)


def points(text):
    """(planned, [(result, name, why)]) of a TAP text."""
    planned, found = None, []
    for line in text.splitlines():
        plan, point = PLAN.match(line), POINT.match(line)
        if plan:
            planned = int(plan[1])
            if not planned and plan[2] is not None:
                found.append(("skip", "", plan[2]))
        elif point:
            directive = (point[3] or "").upper()
            result = ("skip" if directive == "SKIP" else
                      "ok" if not point[1] or directive == "TODO" else "fail")
            found.append((result, point[2].strip(), (point[4] or "").strip()))
    return planned, found


def judge(test):
    """The results of one program of the log."""
    planned, found = points(test.get("stdout", ""))
    failed = any(result == "fail" for result, _, _ in found)
    if not failed and test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
        found.append(("fail", "", f"{test['result']}, exit status {test.get('returncode')}"))
    elif not failed and not found:
        found.append(("fail", "", "ran no test"))
    elif planned and planned != len(found):
        found.append(("fail", "", f"planned {planned} tests, ran {len(found)}"))
    return found


def main():
    """Reads the log, prints the results."""
    label, path = sys.argv[1:]
    with open(path, encoding="utf-8") as log:
        for line in log:
            test = json.loads(line)
            name = test["name"].split(":")[-1].replace(" / ", "/")
            found = judge(test)
            for result, point, why in found:
                print(result, f"{label} {name}" + (f": {point}" if point else ""), why, sep="\t")
            if any(result == "fail" for result, _, _ in found):
                print(f"--- {label} {name}", test.get("stdout", ""), test.get("stderr", ""),
                      sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
