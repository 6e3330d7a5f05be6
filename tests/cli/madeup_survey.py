# SPDX-License-Identifier: GPL-2.0-or-later
"""Documents "slowpath/survey/1" that nobody measured."""

HOSTILE = "<script>alert(1)</script>\"'&"


def kernel(at, **more):
    release = f"6.{at + 1}.0+deb13-cloud-amd64"
    changes = {"compiler": at == 2, "config": [
        {"option": "CONFIG_MEMCG_V1", "old": "not set", "new": "y", "mm": True},
        {"option": "CONFIG_OTHER", "old": "m", "new": "y", "mm": False}]}
    return {"spec": f"debian:{release}", "title": release, "commit": None, "reverted": None,
            "changed_files": None, "config": None, "subject": None, "release": release,
            "version": f"#1 Debian 6.{at + 1}.0-1", "compiler": "gcc-14 (Debian 14.2.0)",
            "config_sha256": None, "image_sha256": "0" * 64,
            "changes": changes if at else None, **more}


def step(kernels, at, old, new):
    return {"last_good": kernels[at - 1]["spec"], "first_bad": kernels[at]["spec"], "old": old,
            "new": new, "delta": new - old, "ratio": new / old if old else None,
            "verdict": "regression" if new > old else "improvement",
            "reason": f"{old:.2f} -> {new:.2f} insns per page", "part": None, "gradual": False,
            "functions": [{"name": "do_it", "old": old - 1, "new": new - 1, "delta": new - old}],
            "unattributed": 0.0,
            "state": {"same": True, "checks": [{"name": "vmas", "expected": 1, "old": 1, "new": 1,
                                                "result": "pass"}], "outcomes": []},
            "events": [{"name": "atomics", "old": 1.0, "new": 2.0, "delta": 1.0}],
            "audit": [{"name": "thp_enabled", "old": "madvise", "new": "always"}],
            "config_differences": 2}


def row(kernels, name, values):
    """@values: one of each kernel; None: it could not be measured."""
    series, steps, before = [], [], None
    for i, value in enumerate(values):
        one = {"kernel": kernels[i]["spec"]}
        if value is None:
            series.append(one | {"failed": "it panicked"})
            continue
        series.append(one | {"value": float(value), "spread": 0.0, "exact": True, "why_not": None,
                             "state": 0, "events": {"atomics": 1.0, "faults": 0.0}})
        if before is not None and before != value and values[i - 1] is not None:
            steps.append(step(kernels, i, float(before), float(value)))
        before = value
    return {"scenario": name, "help": "made up", "mode": "exact",
            "metric": "iteration_insns_per_page", "unit": "insns", "item": "page", "cpus": 1,
            "iterations": 8, "threshold": .01, "verdict": "regression", "reason": "made up",
            "rest": 0.0, "undecided": 0, "series": series,
            "states": [{"before": {"vmas": 1}, "after": {"vmas": 1}}], "steps": steps}


def document(rows, kernels=4, **more):
    """@rows: {name: values}."""
    listed = [kernel(i) for i in range(kernels)]
    return {"schema": "slowpath/survey/1", "id": "20260513-100000-ffffffffffffffff",
            "mode": "exact", "arch": "amd64", "slowpath": "0.1.0", "qemu": "7.2.19",
            "cpu_model": "max", "threshold": .01, "baseline": listed[0]["spec"],
            "kernels": listed, "left_out": [],
            "scenarios": [row(listed, n, v) for n, v in rows.items()], **more}


def usual():
    return document({"mincore/scan": (10, 10, 12, 9), "mprotect/toggle": (5, 5, None, 5)})
