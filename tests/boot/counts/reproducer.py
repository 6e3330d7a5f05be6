# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest counts is the kernel's work and not the guest's: a reproducer, run as a foreign
program, has the kernel execute the same functions as often; and it runs where there is no more than
/proc and /sys."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

NAME = "mprotect/shared-dirty-toggle"
PAGES = 16384
ROUNDS = 8


def build(name):
    """Its reproducer, static."""
    source = lab.run(HOME, "reproducer", name).expect(0).out
    path = HOME.path / name.replace("/", "-")
    path.with_suffix(".c").write_text(source, encoding="utf-8")
    subprocess.run(["cc", "-O2", "-static", "-o", path, path.with_suffix(".c")], check=True)
    return path


def functions(document):
    """Instructions by function and side; what is not the kernel's apart."""
    return {f["name"]: (f["old"] or 0, f["new"] or 0)
            for f in document["attribution"]["functions"]}


def foreign(program, rounds):
    """All that a run of so many rounds executes."""
    return lab.run(HOME, "compare", *HOME.specs, "--json", "--", program, "-r", rounds,
                   "-t", 1000).expect(1).json()


@tap.test
def kernel_functions_are_those_of_the_scenario():
    inside = functions(lab.run(HOME, "compare", *HOME.specs, "-s", NAME, "--json")
                       .expect(1).json())
    program = build(NAME)
    few, many = (functions(foreign(program, n)) for n in (ROUNDS, 2 * ROUNDS))
    for side, kernel in enumerate(HOME.specs):
        user = inside["[user]"][side]
        assert 0 < user <= 5, f"{kernel}: {user} instructions of the guest a page"
        outside = {name: (many[name][side] - few.get(name, (0, 0))[side]) / ROUNDS / PAGES
                   for name in many if not name.startswith("[")}
        wanted = {name: both[side] for name, both in inside.items() if not name.startswith("[")}
        total, found = sum(wanted.values()), sum(outside.get(name, 0) for name in wanted)
        print(f"# {kernel}: {total:.3f} instructions a page in {len(wanted)} functions, as a "
              f"program {found:.3f}; of the guest {user:.3f}")
        assert total > 100, wanted
        assert abs(found - total) <= total / 1000, (kernel, total, found)
        # Small ones serve the rest of a process, too: its start, the look at its state, its end.
        for name, value in wanted.items():
            if value >= 1:
                assert abs(outside.get(name, 0) - value) <= value / 1000, (kernel, name, value,
                                                                          outside.get(name))


@tap.test
def it_finds_the_state_in_the_guest():
    rows = HOME.rows("SELECT output FROM program")
    assert len(rows) == 4, rows
    for (output,) in rows:
        assert "\nstate=pass\n" in output and "\nkernel=6.1" in output, output
        assert f"\npresent_pages={PAGES}\n" in output and "protect_ns_per_page=" in output, output


with lab.Home() as HOME:
    tap.main()
