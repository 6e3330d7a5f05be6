# SPDX-License-Identifier: GPL-2.0-or-later
"""judge: both rule sets, on small files of our own and on published data where that is present."""
import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup

BINARY = tap.build_dir() / "cmd/slowpath"
PUBLISHED = tap.SOURCE.parent / "shared/data/published-mprotect-1cpu"
HEADER = ("experiment,block,position,kernel,release,scenario,cpus,metric,unit,value,status,"
          "run_id,failure_reason")
# What the published summary has and its raw rows do not carry.
NOT_RAW = {"semantic_warning", "semantic_warning_reasons", "results_csv"}
PUBLISHED_HEADER = ("profile,source_file,entry_profile,test_kind,version_family,exact_version,case,"
                    "scenario,metric,value,status,run_id,failure_reason,results_csv")


def judge(path, *args):
    return subprocess.run([BINARY, "judge", path, *args], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


def judge_rows(rows, *args, header=HEADER, end="\n"):
    """Judges a file of these rows, given as text."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="") as f:
        f.write(end.join([header, *rows]) + end)
        f.flush()
        return judge(f.name, *args)


def row(block, kernel, value, *, position=0, status="ok", run=None, metric="iteration_ns_per_page",
        unit="ns"):
    return (f"e,{block},{position},{kernel},r,mprotect/x,1,{metric},{unit},{value},{status},"
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
    for theirs in summary:
        mine = ours[theirs["version_family"], theirs["scenario"], theirs["metric"]]
        for name in set(theirs) - NOT_RAW:
            value = mine[name]
            text = f"{value:.6f}" if isinstance(value, float) else str(value)
            assert text == theirs[name], (theirs["metric"], name, text, theirs[name])
    assert len(set(summary[0]) - NOT_RAW) == 31, summary[0]
    kinds = {w["kind"] for w in document["warnings"]}
    assert {"quantised-clock", "baseline-reversed"} <= kinds, kinds
    exported = judge(raw[0], "--rules", "mean-cv", "--baseline", "6.19", "--summary-csv")
    lines = {tuple(sorted(r.items())) for r in csv.DictReader(io.StringIO(exported.stdout))}
    assert lines == {tuple(sorted((k, v) for k, v in r.items() if k not in NOT_RAW))
                     for r in summary}


def published_row(version, repeat, value, *, reason="", status="ok", metric="cycle_ns_per_page"):
    return (f"prof,mm/x.c,entry,workload,{version},{version}.1,,scen,{metric},{value},{status},"
            f"run_v{version}_r{repeat:02}-bench-1,{reason},/x")


@tap.test
def published_layout_with_failures():
    rows = [published_row(v, n, 100 + n + int(v[2:])) for n in range(1, 10) for v in ("6.1", "6.9")]
    rows += [published_row("6.9", 10, "", status="failed", reason="no boot"),
             published_row("6.9", 11, "", status="timeout", reason='"late, again"'),
             published_row("6.9", 12, "", status="failed", reason="no boot")]
    done = judge_rows(rows, "--rules", "mean-cv", "--json", header=PUBLISHED_HEADER)
    old, new = json.loads(done.stdout)["rows"]
    assert (old["version_family"], new["exact_version"], new["case"]) == ("6.1", "6.9.1", ""), new
    assert (new["profile"], new["source_file"], new["entry_profile"], new["test_kind"]) == (
        "prof", "mm/x.c", "entry", "workload"), new
    assert new["failure_reasons"] == "no boot;late, again" and old["failure_reasons"] == "", new
    assert (new["run_count"], new["ok_runs"], new["status"]) == (12, 9, "partial"), new
    assert new["comparison_reliable"] == "no" and new["label"] == "partial", new
    assert abs(new["delta_vs_baseline"] - 8 / 106) < 1e-12, new
    table = judge_rows(rows, "--rules", "mean-cv", "--summary-csv", header=PUBLISHED_HEADER)
    line = list(csv.DictReader(io.StringIO(table.stdout)))[1]
    assert line["failure_reasons"] == "no boot;late, again" and line["value"] == "114.000000", line


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
    order = next(w["text"] for w in document["warnings"] if w["kind"] == "unbalanced-order")
    assert order == "runs at each position of a block: 1 10 0, 2 0 10", order
    many = [row(b, f"k{k}", 100 + b, position=k) for b in range(10) for k in range(30)]
    document = json.loads(judge_rows(many, "--json").stdout)
    order = next(w["text"] for w in document["warnings"] if w["kind"] == "unbalanced-order")
    assert order.endswith("k0 stood at the same one of 30 in 10 of 10 runs"), order
    done = judge_rows(rows + [row(0, "1", 99)])
    assert done.returncode == 128 and ":22: " in done.stderr and "second row" in done.stderr, done


def one_line(text):
    """Without regard to where lines end."""
    return " ".join(text.split())


@tap.test
def rules_that_differ_are_told_apart():
    differ = "The rules differ, and mean-cv is no verdict: it calls what is within 5 % neutral"
    # 2 % more: below the tolerance of the one, above what matters to the other.
    for unit, header, verdict in (("insns", "rules exact", "(regression)"),
                                  ("ns", "rules blocks", "(suspect)")):
        rows = [row(b, k, v + b % 3 / 100, position=(b + i) % 2, unit=unit,
                    metric=f"{m}_{unit}_per_page")
                for b in range(10) for i, (k, v) in enumerate((("1", 100), ("2", 102)))
                for m in ("iteration", "touch")]
        text = one_line(judge_rows(rows).stdout)
        assert header in text and verdict in text, text
        assert "(...) of a metric that is not primary" in text, text
        # Not in one row: a reader would take them for one sentence.
        verdicts, published = text.split("The same by mean-cv, kept for published results")
        assert "neutral" not in verdicts and "neutral reliable" in published, text
        assert differ in published and "1 % matters to them" in published, text
        one = one_line(judge_rows([r for r in rows if "iteration" in r]).stdout)
        assert "(...)" not in one and differ in one, one
    same = one_line(judge_rows(pairs(10, lambda b: 100 + b % 3, lambda b: 120 + b % 4)).stdout)
    assert "rules differ" not in same and "regression reliable" in same, same
    # Calm to the published rules, and nothing to the others.
    loud = one_line(judge_rows(pairs(5, lambda b: 100, lambda b: 120 + b)).stdout)
    # Both kernels have too few runs: one warning.
    assert loud.count("warning") == 1 and "warning, 2 times: 5 good runs" in loud, loud
    assert "(of 1, 2; iteration_ns_per_page)" in loud, loud
    assert differ in loud and "inconclusive" in loud, loud


@tap.test
def bad_files_are_128_with_their_line():
    good = pairs(3, lambda b: 100, lambda b: 101)
    for rows, what in (
            (good + [row(9, "1", "nan")], ":8: value 'nan'"),
            (good + [row(9, "1", "abc")], ":8: value 'abc'"),
            (good + [row(9, "1", "1e999")], ":8: value '1e999'"),
            (good + [row(9, "1", "-0.5")], ":8: value '-0.5' is below zero"),
            (good + [row(9, "1", -3, unit="insns")], ":8: value '-3' is below zero"),
            (good + [row(9, "1", "9007199254740993", unit="insns")],
             ":8: value '9007199254740993' is too large"),
            (good + [row(9, "1", "1.7e308")], ":8: value '1.7e308' is too large"),
            (good + [row(9, "1", "5e-324")], ":8: value '5e-324' is too small"),
            (good + ["e,1,0,1"], ":8: 4 fields"),
            (good + [row("x", "1", 1)], ":8: block 'x'"),
            (good + ['e,"never closed'], ":8: the file ends inside a quoted field"),
            (good + [row(9, "1", "inf")], ":8: value 'inf'"),
            (good + [row(9, "1", "")], ":8: value ''"),
            (good + [row(9, "1", "1 ")], ":8: value '1 '"),
            (good + [row(9, "1", "0x10")], ":8: value '0x10'"),
            (good + [row(-1, "1", 1)], ":8: block '-1'"),
            (good + [row(4294967295, "1", 1)], ":8: block '4294967295'"),
            (good + [row(9, "", 1)], ":8: kernel, metric and run_id"),
            (good + ["e\0" + row(9, "1", 1)], ":8: a NUL byte"),
            (good + [row(9, "x" * 1100000, 1)], ":8: a record of more than 1 MiB"),
            (good + ["," * 100], ":8: more than 63 fields"),
            ([], "no rows")):
        done = judge_rows(rows)
        assert done.returncode == 128 and what in done.stderr and not done.stdout, (what, done)
    done = judge_rows(good, header=HEADER.replace("run_id", "runid"))
    assert done.returncode == 128 and "no column 'run_id'" in done.stderr, done
    assert judge("/nonexistent.csv").returncode == 128
    assert judge("/tmp/").returncode == 128
    with tempfile.NamedTemporaryFile(suffix=".csv") as f:
        done = judge(f.name)
        assert done.returncode == 128 and "empty, a header line" in done.stderr, done
        # Cut in the middle of its last line.
        whole = "\n".join([HEADER, *good])
        f.write(whole[:-20].encode())
        f.flush()
        done = judge(f.name)
        assert done.returncode == 128 and ":7: " in done.stderr and "cut" in done.stderr, done
    assert judge_rows(good, "--baseline", "nope").returncode == 128
    assert judge_rows(good, "--rules", "nope").returncode == 129


@tap.test
def the_same_rows_in_other_clothes():
    rows = pairs(9, lambda b: 100 + b, lambda b: 103 + b)
    plain = judge_rows(rows, "--json")
    quoted = [",".join(f'"{f}"' for f in r.split(",")) for r in rows]
    for same in (judge_rows(rows, "--json", end="\r\n"), judge_rows(quoted, "--json"),
                 judge_rows(quoted, "--json", end="\r\n"),
                 judge_rows(rows, "--json", header="\ufeff" + HEADER),
                 judge_rows([*rows, "", ""], "--json"),
                 judge_rows([r + "timed" for r in (x + "," for x in rows)], "--json",
                            header=HEADER + ",mode")):
        assert same.stdout == plain.stdout, same
    # Commas, quotes and newlines inside a field are its text.
    odd = [r.replace("mprotect/x", '"a ""b"",\n c"') for r in rows]
    done = judge_rows(odd, "--json")
    assert json.loads(done.stdout)["rows"][0]["scenario"] == 'a "b",\n c', done
    done = judge_rows([*odd, row(9, "1", "nan")])
    assert f":{2 + 2 * len(odd)}: value 'nan'" in done.stderr, done


@tap.test
def many_kernels_and_odd_cells():
    # More kernels than a profile can have, and a metric that the baseline lacks.
    rows = [row(b, f"k{k:02}", 100 + k + b / 10) for b in range(9) for k in range(65)]
    rows += [row(b, "k07", 5, metric="only_ns_per_page", run=f"o{b}") for b in range(9)]
    done = judge_rows(rows, "--json", "--baseline", "k00")
    document = json.loads(done.stdout)
    assert len(document["rows"]) == 65, len(document["rows"])
    odd = next(r for r in document["rows"] if r["metric"] == "only_ns_per_page")
    assert odd["verdict"] == "inconclusive" and not odd["primary"], odd
    assert "no-baseline" in {w["kind"] for w in document["warnings"]}


@tap.test
def looks_judge_early():
    rows = pairs(20, lambda b: 100 + b % 3, lambda b: 120 + b % 4)
    (only,) = json.loads(judge_rows(rows, "--json", "--looks", "10,20,40").stdout)["rows"]
    assert (only["look"], only["blocks"], only["verdict"]) == (1, 10, "suspect"), only
    assert abs(only["alpha"] - 0.01 / 3) < 1e-12 and abs(only["p_holm"] - 3 * only["p"]) < 1e-12
    (only,) = json.loads(judge_rows(rows, "--json").stdout)["rows"]
    assert (only["look"], only["blocks"], only["alpha"]) == (1, 20, 0.01), only
    done = judge_rows(rows[:18], "--looks", "10,20")
    assert done.returncode == 125 and "the next look is at 10" in done.stdout, done
    for bad in ("20,10", "x", "1,2,3,4,5,6,7"):
        assert judge_rows(rows, "--looks", bad).returncode == 129, bad


@tap.test
def kernels_that_did_not_do_the_same_work():
    for make, name in ((madeup.exact, "pmd_mapped_pages"), (madeup.timed, "present_pages")):
        with tempfile.TemporaryDirectory() as home:
            db = madeup.open_db(home)
            ident = make(db)

            def verdicts():
                done = judge(ident, "--json", "--home", home)
                found = [r for r in json.loads(done.stdout)["rows"] if r["kernel"] == "new"]
                return done.returncode, {r["verdict"] for r in found}, found[0]["reason"]

            assert "different-state" not in verdicts()[1], verdicts()
            # One run is enough; what cannot be read is no difference, and "after" is an outcome.
            update = "UPDATE page_state SET value = ? WHERE name = ? AND moment = ? AND run = " \
                     "(SELECT max(id) FROM run WHERE side = 'new')"
            for value, moment in ((None, "before"), (4, "after")):
                db.execute(update, (value, name, moment))
                db.commit()
                assert "different-state" not in verdicts()[1], verdicts()
            db.execute(update, (4, name, "before"))
            db.commit()
            status, words, reason = verdicts()
            assert (status, words) == (125, {"different-state"}), (status, words)
            assert f"{name.split('_')[0]}" in reason.lower() and "4 here" in reason, reason


@tap.test
def emulated_numbers_say_so_wherever_they_stand():
    rows = [r + ",emulated" for r in pairs(10, lambda b: 100 + b % 3, lambda b: 120 + b % 4)]
    header = HEADER + ",mode"
    document = json.loads(judge_rows(rows, "--json", header=header).stdout)
    assert document["rows"][0]["mode"] == "emulated", document
    assert "emulated" in {w["kind"] for w in document["warnings"]}
    text = judge_rows(rows, header=header).stdout
    assert "timed (emulated)" in text and "no evidence about hardware" in text, text
    table = judge_rows(rows, "--summary-csv", header=header).stdout
    assert [r["mode"] for r in csv.DictReader(io.StringIO(table))] == ["emulated"], table
    done = judge_rows([r.replace("emulated", "simulated") for r in rows], header=header)
    assert done.returncode == 128 and ":2: mode 'simulated'" in done.stderr, done


@tap.test
def the_table_can_be_read():
    name = "6.12.95+deb12-cloud-amd64"
    rows = [row(b, k, 100 + b % 3 + 9 * i, position=(b + i) % 2, metric=m, run=f"{k}-{b}")
            for b in range(12) for i, k in enumerate((name, "new"))
            for m in ("touch_ns_per_page", "iteration_ns_per_page")]
    lines = judge_rows(rows, "--baseline", name).stdout.splitlines()
    assert max(map(len, lines)) <= 80, max(lines, key=len)
    heads = [l for l in lines if "_ns_per_page" in l and not l.startswith("warning")]
    assert "iteration" in heads[0] and "primary" in heads[0] and "touch" in heads[1], heads
    assert any("suspect" in l and "new" in l for l in lines), lines
    assert any("regression reliable" in l and "new" in l for l in lines), lines
    assert "one code layout" in " ".join(" ".join(lines).split()), lines
    done = judge_rows(rows, "--json", "--summary-csv")
    assert done.returncode == 129, done


tap.main()
