# SPDX-License-Identifier: GPL-2.0-or-later
"""Experiments of commands that explain or search, which nobody made: the rows and what was said."""
import json

from cli import madeup

SERIES = ("debian:6.16.12", "debian:6.17.13")
COMMITS = {"good": "a" * 40, "parent": "d" * 40, "culprit": "c" * 40, "bad": "b" * 40}


def experiment(db, ident, command, purpose="performance", mode="exact", **asked):
    madeup.add_experiment(db, ident, name=command, purpose=purpose, mode=mode, label="",
                          command={"command": command, "scenario": madeup.SCENARIO, "mode": mode,
                                   **asked})
    db.execute("UPDATE experiment SET effect = NULL WHERE id = ?", (ident,))
    return ident


def result(db, ident, verdict, document):
    document = {"id": ident, "scenario": madeup.SCENARIO, **document, "seconds": {"total": 1.5}}
    db.execute("INSERT INTO result VALUES (?,?,?,?)",
               (ident, madeup.SCENARIO, verdict, json.dumps(document)))
    db.commit()


def time_of(ratio, insns_ratio, blocks=20, verdict="regression"):
    """What compare --time says: all blocks are alike, so what follows from them is plain."""
    return {"kind": "replayed", "ratio": ratio, "low": ratio, "high": ratio, "segment": "protect",
            "replaced": [], "function": "change_protection", "caches": "warm",
            "verdict": verdict, "insns_ratio": insns_ratio,
            "blocks": {"old": [10.0] * blocks, "new": [10.0 * ratio] * blocks}}


def uncounted(db, ident, block, position, side, kernel, spec=None):
    run = madeup.add_run(db, ident, block, position, side, spec=spec or madeup.SPECS[kernel])
    db.execute("UPDATE run SET vmlinux_sha256 = ?, image_sha256 = ?, kernel_release = ? "
               "WHERE id = ?", (madeup.digest(kernel), madeup.digest(kernel + "image"),
                                madeup.release(kernel), run))
    return run


def counted(db, ident, block, position, side, kernel, spec=None):
    """A run of what @kernel costs, under another side's name."""
    run = uncounted(db, ident, block, position, side, kernel, spec)
    madeup.add_counts(db, run, kernel)
    return run


def narrow(db, ident="20260513-100000-d00001"):
    """Four kernels, of which one could not be had; the step lies between the second and third."""
    specs = ["debian:6.15", "debian:6.16.12", "debian:6.17.13", "debian:7.0"]
    experiment(db, ident, "narrow", kernels=specs, threshold=0.01, all=False,
               baseline=specs[0], from_range=[True] * 4)
    for block, (spec, kernel) in enumerate(zip((specs[0], specs[3], specs[2]),
                                               ("old", "new", "new"))):
        counted(db, ident, block, 0, spec, kernel)
    result(db, ident, "regression", {
        "schema": "slowpath/narrow/1",
        "skipped": [{"kernel": specs[1], "reason": "no suite has it any more"}]})
    return ident


def narrow_timed(db, ident="20260513-100000-d00002"):
    """Two kernels whose ends do not differ: 30 runs each in turn, and nothing found."""
    specs = ["debian:6.16.12", "debian:6.17.13"]
    experiment(db, ident, "narrow", mode="timed", kernels=specs, threshold=0.01, all=False,
               baseline=specs[0], from_range=[False] * 2)
    for block in range(60):
        run = madeup.add_run(db, ident, block, 0, specs[(block + 1) // 2 % 2], accelerator="kvm")
        base = 400000 + 1000 * (block // 2 * 7 % 11)
        madeup.add_times(db, run, [[base + 100 * k for k in range(5)]] * 3)
    result(db, ident, "inconclusive", {"schema": "slowpath/narrow/1", "skipped": []})
    return ident


def fixed(db, ident="20260513-100000-d00003"):
    experiment(db, ident, "fixed", threshold=0.01, baseline="old", old=SERIES[0], new=SERIES[1],
               candidate="debian:7.3.4")
    for position, (side, kernel) in enumerate((("old", "old"), ("new", "new"),
                                               ("candidate", "old"))):
        counted(db, ident, 0, position, side, kernel)
    result(db, ident, "equivalent", {"schema": "slowpath/fixed/1"})
    return ident


def per_page(kernel, segment=None):
    return {name: sum(c) if segment is None else c[segment]
            for name, c in madeup.COSTS[kernel].items()}


def costs(old, new):
    return {"old": {"insns": old, "loads": old / 4}, "new": {"insns": new, "loads": new / 4},
            "delta": {"insns": new - old, "loads": (new - old) / 4}}


def attribute(db, ident="20260513-100000-d00004"):
    experiment(db, ident, "attribute", purpose="attribution", kernels=list(SERIES))
    for position, kernel in enumerate(("old", "new")):
        counted(db, ident, 0, position, kernel, kernel)
    old, new = per_page("old"), per_page("new")
    segments = [{"name": "iteration", **costs(sum(old.values()), sum(new.values()))}]
    for i, name in enumerate(madeup.SEGMENTS):
        segments.append({"name": name, **costs(sum(per_page("old", i).values()),
                                               sum(per_page("new", i).values()))})
    functions, nodes = [], [{"name": "[user]", "parent": 0, "old": 4, "new": 4, "calls_old": 0,
                             "calls_new": 0}]
    for name in sorted(new, key=lambda f: -abs(new[f] - old.get(f, 0))):
        a, b = old.get(name, 0), new[name]
        runs = [sum(1 for v in madeup.COSTS[k].get(name, ()) if v) / madeup.PAGES
                for k in ("old", "new")]
        functions.append({"name": name, "calls_old": runs[0], "calls_new": runs[1], **costs(a, b)})
        if name != "[user]":
            nodes.append({"name": name, "parent": 0, "old": a, "new": b, "calls_old": runs[0],
                          "calls_new": runs[1]})
    # One line each, of which nothing is inlined but the first on one side.
    written = [{"name": f["name"], "inlined_old": 0, "inlined_new": 0 if i else f["new"]["insns"],
                "old": f["old"], "new": f["new"], "delta": f["delta"], "segments": [],
                "lines": [{"file": "mm/mprotect.c", "line_old": 7, "line_new": 9, "old": f["old"],
                           "new": f["new"], "delta": f["delta"], "parts": []}]}
               for i, f in enumerate(functions)]
    result(db, ident, "attributed", {
        "schema": "slowpath/attribute/1", "segments": segments, "functions": functions,
        "tree": {"old": sum(old.values()), "new": sum(new.values()), "paths": len(nodes),
                 "nodes": nodes},
        "lines": {"functions": written, "without_line": {"old": 0, "new": 0, "delta": 0}}})
    return ident


def cover(db, ident="20260513-100000-d00005"):
    experiment(db, ident, "cover", purpose="coverage", kernels=[SERIES[1]])
    for block in range(2):
        counted(db, ident, block, 0, "kernel", "new")
    functions = [{"name": name, "line": 10 * i, "symbol": symbol, "ambiguous": False,
                  "covered_any": bool(insns), "covered_all": bool(insns), "runs": 2 if insns else 0,
                  "insns": insns, "calls": calls}
                 for i, (name, symbol, insns, calls) in enumerate((
                     ("change_protection", "change_protection", 20 * 6 * 2 * madeup.PAGES, 24),
                     ("do_nothing", "do_nothing", 0, 0), ("inlined", None, 0, 0)), 1)]
    result(db, ident, "covered", {
        "schema": "slowpath/cover/1", "source": "mm/mprotect.c",
        "source_path": f"{madeup.FOLDER}/linux/mm/mprotect.c", "runs": 2,
        "total_source_functions": 3, "total_functions": 2, "covered_any": 1, "covered_all": 1,
        "ambiguous": 0, "ratio_any": .5, "ratio_all": .5, "source_ratio_any": 1 / 3,
        "functions": functions})
    return ident


def probe(db, ident="20260513-100000-d00006"):
    """Under a probe nothing is counted: all phases are empty, and there are no slots."""
    experiment(db, ident, "probe", purpose="attribution", kernels=[SERIES[1]])
    run = uncounted(db, ident, 0, 0, "kernel", "new")
    madeup.add_state(db, run)
    result(db, ident, "probed", {
        "schema": "slowpath/probe/1", "source": "kprobe", "function": "prot_commit_flush_ptes",
        "argument": 6, "sites": 0, "calls": 40, "total": 100, "mean": 2.5, "min": 1, "max": 16,
        "zeros": 0, "dropped": 0,
        "classes": {"1": 30, "2-15": 9, "16-63": 1, "64-511": 0, "512+": 0}})
    return ident


def bisect(db, ident="20260513-100000-d00007"):
    tree = f"git:{madeup.FOLDER}/linux"
    experiment(db, ident, "bisect", good=COMMITS["good"], bad=COMMITS["bad"], threshold=0.01)
    for block, (name, kernel) in enumerate((("good", "old"), ("bad", "new"), ("parent", "old"),
                                            ("culprit", "new"))):
        counted(db, ident, block, 0, "kernel", kernel, f"{tree}@{COMMITS[name]}")
    for block, older, newer, kernel in ((4, "parent", COMMITS["culprit"], "new"),
                                        (5, "bad", f"{COMMITS['bad']}-{COMMITS['culprit']}", "old")):
        counted(db, ident, block, 0, "old", "old" if older == "parent" else "new",
                f"{tree}@{COMMITS[older]}")
        counted(db, ident, block, 1, "new", kernel, f"{tree}@{newer}")
    result(db, ident, "proven", {
        "schema": "slowpath/bisect/1", "mode": "exact", "status": "proven", "tree": f"{madeup.FOLDER}/linux",
        "metric": "iteration_insns_per_page", "commits": 4, "tested": 4, "built": 6, "skipped": 0,
        "unchanged": 0, "good": {"commit": COMMITS["good"], "subject": "fine"},
        "bad": {"commit": COMMITS["bad"], "subject": "not fine"},
        "culprits": [{"commit": COMMITS["culprit"], "subject": "mm: <b>faster</b>", "suspects": 1,
                      "status": "proven", "reason": "it is", "parent": COMMITS["parent"],
                      "old": 266, "new": 354, "ratio": 354 / 266, "won_back": 1.0}],
        "series": [{"commit": COMMITS[c], "value": v, "same_as": None, "skipped": None}
                   for c, v in (("good", 266), ("bad", 354), ("parent", 266), ("culprit", 354))]})
    return ident


def bisect_timed(db, ident="20260513-100000-d00009"):
    """Ends of 30 runs each, and the culprit against its parent in ten blocks; on KVM."""
    tree, block = f"git:{madeup.FOLDER}/linux", 0
    experiment(db, ident, "bisect", mode="timed", good=COMMITS["good"], bad=COMMITS["bad"],
               threshold=0.01)

    def run(side, name, kernel, ns, position=0):
        row = uncounted(db, ident, block, position, side, kernel, f"{tree}@{COMMITS[name]}")
        db.execute("UPDATE run SET accelerator = 'kvm' WHERE id = ?", (row,))
        madeup.add_times(db, row, [[ns + 100 * k for k in range(5)]] * 3)

    def took(ns):
        """Of three segments' medians, per page."""
        return 3 * (ns + 200) / madeup.PAGES
    for block in range(60):
        name, kernel = (("good", "old"), ("bad", "new"))[(block + 1) // 2 % 2]
        run("kernel", name, kernel, 400000 if kernel == "old" else 600000)
    for block in range(60, 70):
        run("old", "parent", "old", 400000)
        run("new", "culprit", "new", 600000, 1)
    old, new = took(400000), took(600000)
    result(db, ident, "likely", {
        "schema": "slowpath/bisect/1", "mode": "timed", "status": "likely",
        "tree": f"{madeup.FOLDER}/linux", "metric": "iteration_ns_per_page", "commits": 4,
        "tested": 2, "built": 4, "skipped": 0, "unchanged": 0, "runs": 60,
        "good": {"commit": COMMITS["good"], "subject": "fine"},
        "bad": {"commit": COMMITS["bad"], "subject": "not fine"},
        "culprits": [{"commit": COMMITS["culprit"], "subject": "mm: slower", "suspects": 1,
                      "status": "likely", "reason": "its revert conflicts",
                      "parent": COMMITS["parent"], "old": old, "new": new, "ratio": new / old,
                      "won_back": None}],
        "series": [{"commit": COMMITS[c], "value": v, "same_as": None, "skipped": None}
                   for c, v in (("good", old), ("bad", new))]})
    return ident


def program(db, ident="20260513-100000-d00008", words=("hello", "-n", "3")):
    """compare -- hello -n 3"""
    name, binary = "program/hello", madeup.digest("a static binary")
    plain = madeup.digest("".join(f"{w}\0" for w in words))
    setup = f"with /usr/lib/libmade.so {madeup.digest('a library')}\n"
    experiment(db, ident, "compare", baseline="old", old=SERIES[0], new=SERIES[1], threshold=0.01,
               confirm=False)
    db.execute("DELETE FROM experiment_file")
    for position, kernel in enumerate(("old", "new")):
        run = madeup.add_run(db, ident, 0, position, kernel)
        db.execute("UPDATE run SET scenario = ?, scenario_sha256 = ?, item = 'call', items = 1 "
                   "WHERE id = ?", (name, madeup.digest(madeup.digest(plain + binary) + madeup.digest(setup)), run))
        for phase in range(4):
            n = phase % 2 + 1
            insns = n * (1000000 if kernel == "old" else 1200000)
            db.execute("INSERT INTO phase VALUES (?,?,?,?,?,0,0,0)", (run, phase, n, n, insns + 7 * n))
            db.execute("INSERT INTO slot VALUES (?,?,0,'run',?,0,0,0,0,0)", (run, phase, insns))
            db.execute("INSERT INTO function_count VALUES (?,?,0,'do_exit',?,?)",
                       (run, phase, insns, n))
        db.execute("INSERT INTO phase VALUES (?,4,0,1,7,0,0,0)", (run,))
        db.execute("INSERT INTO program VALUES (?,?,?,?,'',?,'0123456789abcdef\n',0,?)",
                   (run, binary, json.dumps(words), "pages=12\n\"quoted\", and <b>bold</b>\n",
                    "1\t\"quoted\", and <b>bold</b>\n1\tpages=#\n", setup))
        db.execute("INSERT INTO printed VALUES (?,'pages',12,0.5)", (run,))
        madeup.add_state(db, run)
        db.execute("DELETE FROM page_state WHERE run = ? AND moment LIKE 'after %'", (run,))
    db.commit()
    return ident


ALL = (narrow, narrow_timed, fixed, attribute, cover, probe, bisect, bisect_timed, program)
