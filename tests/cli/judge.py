# SPDX-License-Identifier: GPL-2.0-or-later
"""judge: both rule sets, on small files of our own and on published data where that is present."""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap

BINARY = tap.build_dir() / "cmd/slowpath"
PUBLISHED = tap.SOURCE.parent / "shared/data/published-mprotect-1cpu"
HEADER = ("experiment,block,position,kernel,release,scenario,cpus,metric,unit,value,status,"
          "run_id,failure_reason")
# What raw rows do not carry, and what their columns are called here.
NOT_RAW = {"profile", "source_file", "entry_profile", "test_kind", "version_family",
           "exact_version", "case", "scenario", "metric", "semantic_warning",
           "semantic_warning_reasons", "failure_reasons", "results_csv"}


def judge(path, *args):
    return subprocess.run([BINARY, "judge", path, *args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


def judge_rows(rows, *args, header=HEADER, end="\n"):
    """Judges a file of these rows, given as text."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as f:
        f.write(end.join([header, *rows]) + end)
        f.flush()
        return judge(f.name, *args)


def row(block, kernel, value, *, position=0, status="ok", run=None, metric="iteration_ns_per_page"):
    return (f"e,{block},{position},{kernel},r,mprotect/x,1,{metric},ns,{value},{status},"
            f"{run or f'{kernel}-{block}'},")


def pairs(n, old, new):
    """n blocks, the sides in turn first."""
    return [row(b, k, f(b), position=(b + i) % 2)
            for b in range(n) for i, (k, f) in enumerate((("1", old), ("2", new)))]


@tap.test
def published_summary_is_reproduced_to_the_digit():
    raw = list(PUBLISHED.glob("*.raw.csv"))
    if not raw:
        raise tap.Skip("the published data is not beside this checkout")
    done = judge(raw[0], "--rules", "mean-cv", "--baseline", "6.19", "--tolerance", "0.05",
                 "--max-cv", "0.10", "--json")
    assert done.returncode == 0, done
    document = json.loads(done.stdout)
    ours = {(r["kernel"], r["scenario"], r["metric"]): r for r in document["rows"]}
    with open(next(PUBLISHED.glob("*.summary.csv")), encoding="utf-8") as f:
        summary = list(csv.DictReader(f))
    assert len(summary) == len(ours) > 0
    fields = 0
    for theirs in summary:
        mine = ours[theirs["version_family"], theirs["scenario"], theirs["metric"]]
        for name in set(theirs) - NOT_RAW:
            value = mine[name]
            text = f"{value:.6f}" if isinstance(value, float) else str(value)
            assert text == theirs[name], (theirs["metric"], name, text, theirs[name])
            fields += 1
    assert fields >= 20 * len(summary), fields
    kinds = {w["kind"] for w in document["warnings"]}
    assert {"quantised-clock", "baseline-reversed"} <= kinds, kinds


@tap.test
def a_clear_change_of_one_build_is_suspect():
    rows = pairs(10, lambda b: 100 + b % 3, lambda b: 120 + b % 4)
    done = judge_rows(rows, "--json")
    assert done.returncode == 1, done
    (only,) = json.loads(done.stdout)["rows"]
    assert only["verdict"] == "suspect" and only["paired"] and only["blocks"] == 10, only
    assert 1.17 < only["low"] < only["ratio"] < only["high"] < 1.23, only
    assert only["p"] == 2 * 2 ** -10, only
    assert judge_rows(rows, "--baseline", "2").returncode == 0


@tap.test
def no_change_and_too_few_blocks():
    done = judge_rows(pairs(20, lambda b: 100 + b % 3 / 10, lambda b: 100 + (b + 1) % 3 / 10),
                      "--json")
    assert json.loads(done.stdout)["rows"][0]["verdict"] == "equivalent", done
    assert done.returncode == 0
    done = judge_rows(pairs(7, lambda b: 100, lambda b: 200 + b), "--json")
    document = json.loads(done.stdout)
    assert document["rows"][0]["verdict"] == "inconclusive" and done.returncode == 125, done
    assert "small-n" in {w["kind"] for w in document["warnings"]}


@tap.test
def failed_runs_stay_visible():
    rows = pairs(9, lambda b: 100 + b, lambda b: 100 + b)
    rows.append(row(9, "1", "", status="failed"))
    document = json.loads(judge_rows(rows, "--rules", "mean-cv", "--json").stdout)
    old = next(r for r in document["rows"] if r["kernel"] == "1")
    assert (old["run_count"], old["ok_runs"], old["failed_runs"]) == (10, 9, 1), old
    assert old["status"] == "partial" and old["stable"] == "no" and old["label"] == "partial", old
    assert "partial" in {w["kind"] for w in document["warnings"]}


@tap.test
def order_and_duplicates_are_warned_of():
    rows = [row(b, k, 100 + b, position=p) for b in range(10) for p, k in enumerate("12")]
    document = json.loads(judge_rows(rows + rows[:1], "--json").stdout)
    kinds = {w["kind"] for w in document["warnings"]}
    assert {"unbalanced-order", "duplicate-rows"} <= kinds, kinds
    done = judge_rows(rows + [row(0, "1", 99)])
    assert done.returncode == 128 and ":22: " in done.stderr and "second row" in done.stderr, done


@tap.test
def bad_files_are_128_with_their_line():
    good = pairs(3, lambda b: 100, lambda b: 101)
    for rows, what in (
            (good + [row(9, "1", "nan")], ":8: value 'nan'"),
            (good + [row(9, "1", "abc")], ":8: value 'abc'"),
            (good + [row(9, "1", "1e999")], ":8: value '1e999'"),
            (good + ["e,1,0,1"], ":8: 4 fields"),
            (good + [row("x", "1", 1)], ":8: block 'x'"),
            (good + ['e,"never closed'], ":8: the file ends inside a quoted field"),
            ([], "no rows")):
        done = judge_rows(rows)
        assert done.returncode == 128 and what in done.stderr and not done.stdout, (what, done)
    done = judge_rows(good, header=HEADER.replace("run_id", "runid"))
    assert done.returncode == 128 and "no column 'run_id'" in done.stderr, done
    assert judge("/nonexistent.csv").returncode == 128
    assert judge_rows(good, "--baseline", "nope").returncode == 128
    assert judge_rows(good, "--rules", "nope").returncode == 129


@tap.test
def crlf_and_quotes_read_like_plain_lines():
    rows = pairs(9, lambda b: 100 + b, lambda b: 103 + b)
    plain = judge_rows(rows, "--json")
    assert judge_rows(rows, "--json", end="\r\n").stdout == plain.stdout
    quoted = [",".join(f'"{f}"' for f in r.split(",")) for r in rows]
    assert judge_rows(quoted, "--json").stdout == plain.stdout


tap.main()
