# SPDX-License-Identifier: GPL-2.0-or-later
"""Databases of experiments that nobody made, for the tests of what leaves the machine."""
import hashlib
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap

BINARY = tap.build_dir() / "cmd/slowpath"
SCENARIO = "mprotect/shared-dirty-toggle"
SEGMENTS = ("protect", "restore", "touch")
# A folder of somebody's, as it must not be told.
FOLDER = "/".join(("", "home", "someone"))
PAGES, ITERATIONS = 16384, 2
CONFIG = "# made up\nCONFIG_SMP=y\nCONFIG_SHMEM=y\n"
SPECS = {"old": "debian:6.16.12+deb13-cloud-amd64", "new": "debian:6.17.13+deb13-cloud-amd64"}
# Instructions per page in every segment, by kernel and function.
COSTS = {
    "old": {"change_protection": (130, 130, 0), "do_mprotect_pkey": (1, 1, 0), "[user]": (0, 0, 4)},
    "new": {"change_protection": (10, 10, 0), "do_mprotect_pkey": (1, 1, 0),
            "prot_commit_flush_ptes": (164, 164, 0), "[user]": (0, 0, 4)},
}
RUN_COLUMNS = 44


def slowpath(home, *args, **more):
    """Runs it; returns the process."""
    return subprocess.run([BINARY, *map(str, args), "--home", home], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120, **more)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


def scenario_file():
    return (tap.SOURCE / "scenarios/mprotect.yaml").read_text(encoding="utf-8")


def scenario_sha256():
    return digest(f"{SCENARIO}\n{scenario_file()}")


def open_db(home):
    """The home's database, made if it is not there."""
    home = pathlib.Path(home)
    home.mkdir(parents=True, exist_ok=True)
    path = home / "slowpath.db"
    fresh = not path.exists()
    db = sqlite3.connect(path)
    if fresh:
        db.executescript((tap.SOURCE / "store/schema.sql").read_text(encoding="utf-8"))
    return db


def profile_text(name, label, blocks, mode, specs):
    kernels = "".join(f"  - {{name: {k}, spec: {json.dumps(s)}}}\n" for k, s in specs.items())
    return (f"name: {json.dumps(name)}\nlabel: {json.dumps(label)}\nmode: {mode}\n"
            f"kernels:\n{kernels}baseline: old\n"
            f"scenarios:\n  - {{name: {SCENARIO}}}\nrepetitions: {blocks}\nseed: 1\n")


def filled(text):
    """The profile with its defaults, as 'run' keeps it."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write(text)
        f.flush()
        done = subprocess.run([BINARY, "run", f.name, "--dry-run", "--json", "--home", f"{f.name}.d"],
                              capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    return json.loads(done.stdout)["profile"]


def environment(label):
    return {"label": label, "host": {"kernel": {"release": "6.1.0-host", "version": "#1 SMP"},
                                     "machine": "x86_64", "cpu": {"model": "Made Up 3000"},
                                     "mitigations": {"meltdown": "Not affected"}},
            "slowpath": {"version": "0.1.0", "commit": "0123456789ab"}, "qemu": "7.2.0",
            "guest_sha256": digest("guest"), "plugin_sha256": digest("plugin"),
            "accelerator": "tcg-icount"}


def add_experiment(db, ident, *, name="formal", command=None, mode="exact", label="lab-a",
                   purpose="performance", blocks=3, specs=None, finished=True, profile=None):
    """A row of table experiment: of a profile, unless @command says otherwise."""
    specs = specs or SPECS
    # The reader of profiles refuses such names; the database might hold one all the same.
    plain = name if name.isprintable() else "formal"
    text = profile or profile_text(plain, label if label.isprintable() else "", blocks, mode, specs)
    command = command or {
        "command": "run", "file": f"{FOLDER}/profiles/p.yaml", "profile": text,
        "profile_sha256": digest(text), "baseline": "old",
        "accelerator": "tcg-icount" if mode == "exact" else "tcg",
        "kernels": [{"name": k, "spec": s, "release": release(k), "vmlinux_sha256": digest(k)}
                    for k, s in specs.items()],
        "experiment": filled(text)}
    effect = {"requested": "balanced", "seed": 1, "effective": "balanced", "groups": []}
    db.execute("INSERT INTO experiment VALUES (?,?,?,?,?,?,?,?,?,?)",
               (ident, name, json.dumps(command), mode, purpose, "2026-05-13T10:00:00.000000Z",
                "2026-05-13T11:00:00.000000Z" if finished else None, "0.1.0",
                json.dumps(environment(label)), json.dumps(effect) if finished else None))
    db.execute("INSERT INTO experiment_file VALUES (?,?,?)",
               (ident, "mprotect.yaml", scenario_file()))


def release(kernel):
    return "6.16.12-made" if kernel == "old" else "6.17.13-made"


def add_run(db, ident, block, position, kernel, *, status="ok", reason=None, spec=None,
            subject=None, accelerator="tcg-icount", console="booting\n", attempt=0, cpus=1,
            argv=None, compiler="gcc-14 (Debian 14.2.0-19) 14.2.0", env="clocksource=tsc\n",
            notes=None):
    """One row of table run, without what it measured; its number."""
    argv = argv or ["/usr/bin/qemu-system-x86_64", "-m", "512M", "-kernel",
                    f"{FOLDER}/kernels/{digest(kernel)}/vmlinux"]
    row = (None, ident, block, position, attempt, kernel, status, reason, SCENARIO,
           scenario_sha256(), "page", PAGES, spec or SPECS.get(kernel, kernel), release(kernel),
           "#1 SMP", compiler, digest(kernel), digest(kernel + "image"), digest(CONFIG), cpus, 512,
           "console=ttyS0", '{"seed": 0, "extra_memory_mib": 0, "initrd_pad_bytes": 0, '
           '"map_offset": 0}', "2026-05-13T10:00:01.000000Z", accelerator, None, 0.5, None,
           "7.2.0", json.dumps(argv), digest("guest"), digest("plugin"), 1, 1, 0.0, 1.5, env,
           console, subject, 0, 0, None, notes, "amd64")
    assert len(row) == RUN_COLUMNS
    marks = ",".join("?" * RUN_COLUMNS)
    return db.execute(f"INSERT INTO run VALUES ({marks})", row).lastrowid


def agree(db):
    """Has the experiments say what their runs say, whatever a test changed in these."""
    columns = "side, kernel_spec, kernel_release, vmlinux_sha256, accelerator"
    for ident, command, host in db.execute(
            "SELECT id, command, environment FROM experiment").fetchall():
        command, host = json.loads(command), json.loads(host)
        runs = db.execute(f"SELECT {columns} FROM run WHERE experiment = ? ORDER BY id",
                          (ident,)).fetchall()
        for side, spec, name, vmlinux, accelerator in reversed(runs):
            host["accelerator"] = accelerator
            if "accelerator" in command:
                command["accelerator"] = accelerator
            for kernel in command.get("kernels", []) if "profile" in command else []:
                if kernel["name"] == side:
                    kernel.update(spec=spec, release=name, vmlinux_sha256=vmlinux)
        db.execute("UPDATE experiment SET command = ?, environment = ? WHERE id = ?",
                   (json.dumps(command), json.dumps(host), ident))


def add_state(db, run, **other):
    sizes = ("4K", "8K", "16K", "32K", "64K", "128K", "256K", "512K", "1M", "2M")
    values = {"online_cpus": 1, "vmas": 1, "present_pages": PAGES, "dirty_pages": PAGES,
              "pmd_mapped_pages": 0, "swapped_pages": 0,
              **{f"folio_pages_{s}": PAGES if s == "4K" else 0 for s in sizes},
              **{f"node_pages_{n}": None if n else PAGES for n in range(4)}, **other}
    rows = [(run, moment, k, v) for moment in ("before", "after") for k, v in values.items()]
    scenario, cpus = db.execute("SELECT scenario, cpus FROM run WHERE id = ?", (run,)).fetchone()
    expected = {"online_cpus": cpus}
    if scenario == SCENARIO:
        expected.update(vmas=1, present_pages=PAGES, dirty_pages=PAGES, pmd_mapped_pages=0,
                        swapped_pages=0,
                        **{f"folio_pages_{s}": PAGES if s == "4K" else 0 for s in sizes})
    rows += [(run, "expected", k, expected.get(k)) for k in values]
    rows += [(run, f"after {s}", k, 0 if k != "vmas" else 1) for s in SEGMENTS
             for k in ("vmas", "minor_faults", "major_faults", "result")]
    db.executemany("INSERT INTO page_state VALUES (?,?,?,?)", rows)


def add_counts(db, run, kernel, extra=0, plant=None):
    """What an exact run counted; @extra instructions in the first phase make it near-exact.
    @plant changes what goes in: instructions by (phase, segment, function), and what each phase's
    clock shows beyond them."""
    insns = {(phase, segment, function): costs[segment] * PAGES * ITERATIONS * (phase % 2 + 1)
             for phase in range(4) for segment in range(len(SEGMENTS))
             for function, costs in COSTS[kernel].items()}
    insns[0, 0, "change_protection"] += extra
    beyond = dict.fromkeys(range(4), 0)
    if plant:
        plant(insns, beyond)
    functions, slots = [], []
    for phase in range(4):
        n = ITERATIONS * (phase % 2 + 1)
        total = 0
        for segment, name in enumerate(SEGMENTS):
            here = {f: v for (p, s, f), v in insns.items() if (p, s) == (phase, segment) and v}
            functions += [(run, phase, segment, f, v, n) for f, v in here.items()]
            task = sum(here.values())
            slots.append((run, phase, segment, name, task, 0, 100, 0, 0, 0))
            total += task + 100
        db.execute("INSERT INTO phase VALUES (?,?,?,?,?,?,?,0)",
                   (run, phase, n, 3 * n, total + 7 * 3 * n + beyond[phase], 0, 0))
    db.execute("INSERT INTO phase VALUES (?,4,0,1,7,0,0,0)", (run,))
    db.executemany("INSERT INTO slot VALUES (?,?,?,?,?,?,?,?,?,?)", slots)
    db.executemany("INSERT INTO function_count VALUES (?,?,?,?,?,?)", functions)
    add_state(db, run)


def add_times(db, run, spans, step=10):
    """@spans: a list of ns for each segment."""
    rounds = len(spans[0])
    db.execute("INSERT INTO timing VALUES (?,?,?,?,?,?,?,?,?)",
               (run, step, 20, rounds, 1000, 500000000, sum(map(sum, spans)), 0, 0))
    db.executemany("INSERT INTO span VALUES (?,?,?,?)",
                   [(run, i, SEGMENTS[i], json.dumps(s, separators=(",", ":")))
                    for i, s in enumerate(spans)])
    add_state(db, run)


def exact(db, ident="20260513-100000-aaaaaa", blocks=3, **more):
    """A formal experiment in exact mode."""
    add_experiment(db, ident, blocks=blocks, **more)
    for block in range(blocks):
        for position, kernel in enumerate(("old", "new") if block % 2 else ("new", "old")):
            add_counts(db, add_run(db, ident, block, position, kernel,
                                   spec=(more.get("specs") or SPECS)[kernel]), kernel)
    db.commit()
    return ident


def timed(db, ident="20260513-100000-bbbbbb", blocks=10, accelerator="tcg", factor=1.3, rounds=5,
          **more):
    """A formal experiment in timed mode; NEW takes @factor of OLD's time."""
    add_experiment(db, ident, blocks=blocks, mode="timed", **more)
    for block in range(blocks):
        for position, kernel in enumerate(("old", "new") if block % 2 else ("new", "old")):
            run = add_run(db, ident, block, position, kernel, accelerator=accelerator)
            base = (1 if kernel == "old" else factor) * (400000 + 1000 * (block * 7 % 5))
            add_times(db, run, [[int(base * (i + 1) / 3) + 100 * k for k in range(rounds)]
                                for i in range(3)])
    db.commit()
    return ident


def compare(db, ident="20260513-100000-cccccc", **more):
    """What 'slowpath compare' leaves, less the document."""
    command = {"command": "compare", "baseline": "old", "old": SPECS["old"], "new": SPECS["new"],
               "threshold": 0.01, "confirm": False, **more}
    add_experiment(db, ident, name="compare", command=command, label="")
    db.execute("UPDATE experiment SET effect = NULL WHERE id = ?", (ident,))
    for position, kernel in enumerate(("old", "new")):
        add_counts(db, add_run(db, ident, 0, position, kernel), kernel)
    db.commit()
    return ident
