# SPDX-License-Identifier: GPL-2.0-or-later
"""Made-up experiments of compare and run, with something planted into NEW's counts."""
from cli import madeup

ITEMS = madeup.PAGES * madeup.ITERATIONS
A_PERCENT = 3 * madeup.PAGES  # of OLD's 266 instructions a page, in one of two iterations


def nothing(insns, beyond):
    pass


def total(insns, beyond):
    """The second 2N costs a little more."""
    insns[3, 0, "change_protection"] += 100


def much(insns, beyond):
    """So much that nothing can be told of the whole, but of prot_commit_flush_ptes it can."""
    insns[3, 0, "change_protection"] += 40 * A_PERCENT


def taken_back(insns, beyond):
    """What an exact function executes more, the one that varies executes less."""
    for phase in range(4):
        for segment in (0, 1):
            insns[phase, segment, "prot_commit_flush_ptes"] = 120 * ITEMS * (phase % 2 + 1)
    much(insns, beyond)


def swapped(insns, beyond):
    """What one function executes more, another executes less; the total is the same."""
    insns[3, 0, "change_protection"] += 5
    insns[3, 0, "do_mprotect_pkey"] -= 5


def clock(insns, beyond):
    """The clock saw what nobody counted."""
    beyond[2] = 12


def clock_hides(insns, beyond):
    """And more than what NEW executes more."""
    beyond[2] = 200 * ITEMS


def of_compare(db, plant, cpus, ident="20260513-100000-cccccc"):
    command = {"command": "compare", "baseline": "old", "old": madeup.SPECS["old"],
               "new": madeup.SPECS["new"], "threshold": 0.01, "confirm": False}
    madeup.add_experiment(db, ident, name="compare", command=command, label="")
    db.execute("UPDATE experiment SET effect = NULL WHERE id = ?", (ident,))
    add_counts_of(db, ident, plant, cpus, 1)
    return ident


def add_counts_of(db, ident, plant, cpus, blocks, sides=("old", "new"), later=nothing):
    for block in range(blocks):
        for position, kernel in enumerate(("old", "new")):
            run = madeup.add_run(db, ident, block, position, sides[position], cpus=cpus,
                                 spec=madeup.SPECS[kernel])
            new = plant if block == 0 else later
            madeup.add_counts(db, run, kernel, plant=new if kernel == "new" else None)
            db.execute("UPDATE run SET vmlinux_sha256 = ?, image_sha256 = ?, kernel_release = ? "
                       "WHERE id = ?", (madeup.digest(kernel), madeup.digest(kernel + "image"),
                                        madeup.release(kernel), run))
    db.execute("UPDATE page_state SET value = ? WHERE name = 'online_cpus'", (cpus,))
    db.commit()


def of_run(db, plant, cpus, blocks=1, later=nothing, ident="20260513-100000-aaaaaa"):
    profile = madeup.profile_text("formal", "lab-a", blocks, "exact", madeup.SPECS)
    madeup.add_experiment(db, ident, blocks=blocks,
                          profile=profile + (f"cpus: [{cpus}]\n" if cpus > 1 else ""))
    add_counts_of(db, ident, plant, cpus, blocks, later=later)
    return ident
