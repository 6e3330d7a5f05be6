# SPDX-License-Identifier: GPL-2.0-or-later
"""Known doses: kernels that differ in a few instructions of one mm function; each is found in that
function, in that class, to the unit. Half an hour; a minute where the kernels are built."""
import json
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from real import world

SCENARIO = "mprotect/shared-dirty-toggle"
SOURCE = "mm/mprotect.c"
# The base has every statement of assembly that a dose has, with the same clobbers and the same
# length to the compiler ("inline": the least), but with nothing in it. So whatever surrounds it
# is compiled alike, by construction; dosed_alone() looks nonetheless.
DOSE = '\t{{ asm_inline volatile("{text}" : : : "memory", "cc"); }}\n'
COUNTER = "unsigned int slowpath_test_count __visible;\n\n"
PER_PTE = "\t\t\toldpte = ptep_modify_prot_start(vma, addr, pte);\n"
PER_CALL = "\tif (is_vm_hugetlb_page(vma))\n\t\tpages = hugetlb_change_protection("
# The line that each begins with, where its statement stands, and how often a call gets there.
FUNCTIONS = {"change_pte_range": ("static long change_pte_range(", PER_PTE, 512),
             "change_protection": ("long change_protection(", PER_CALL, 1)}
CLASSES = ("insns", "loads", "stores", "atomics", "branches", "calls", "tlb_flushes",
           "rep_iterations")


def placed(function, text=""):
    """The statement of assembly in a function."""
    return DOSE.format(text=f"# in {function}\\n{text}")


def base(text):
    """Both functions out of line, with nothing in their statements of assembly."""
    for function, (head, place, _) in FUNCTIONS.items():
        text = text.replace(f"\n{head}", f"\nnoinline {head}".replace("noinline static",
                                                                      "static noinline"), 1)
        text = world.insert_before(place, placed(function))(text)
    return world.insert_before("static noinline long change_pte_range(", COUNTER)(text)


class Doses:
    """The repository with the base and each dose on top of it, and what was measured."""

    def __init__(self, w):
        self.w, self.entries = w, {}
        world.edit(w.tree, SOURCE, base)
        self.base = self.commit("base")

    def commit(self, subject):
        world.git(self.w.tree, "commit", "-q", "-a", "-m", subject)
        return world.git(self.w.tree, "rev-parse", "HEAD")

    def dosed(self, function, text):
        """The commit of a dose."""
        world.git(self.w.tree, "checkout", "-q", "--detach", self.base)
        world.edit(self.w.tree, SOURCE, lambda source: source.replace(placed(function),
                                                                      placed(function, text)))
        return self.commit(f"{function}: {text}")

    def built(self, commit):
        """The spec of a commit that stands in the store."""
        spec = f"git:{self.w.tree}@{commit}"
        start = time.monotonic()
        self.w.run("kernel", "add", spec).expect(0)
        print(f"# built in {time.monotonic() - start:.0f} s: {spec[-8:]}", flush=True)
        return spec

    def mnemonics(self, spec, function):
        """The names of a function's instructions, as linked; prefixes are names of their own."""
        entry = json.loads(self.w.run("kernel", "show", spec, "--json").expect(0).out)
        text = subprocess.run(["objdump", "-d", "--no-show-raw-insn",
                               f"--disassemble={function}",
                               pathlib.Path(entry["dir"]) / "vmlinux"],
                              check=True, capture_output=True, text=True).stdout
        lines = [line.split("\t", 1)[1] for line in text.splitlines() if ":\t" in line]
        assert lines, f"no {function} in {spec}"
        return [line.split()[0] for line in lines]

    def dosed_alone(self, old, new, function, added):
        """Fails if the linked function differs in more than the dose, which stands in one place."""
        before, after = self.mnemonics(old, function), self.mnemonics(new, function)
        assert any(after == before[:i] + added + before[i:] for i in range(len(before) + 1)), \
            (len(before), len(after))


def expect_vector(document, delta, expected, what):
    """A vector's delta is the expected one per iteration, to the unit; what is not named is 0."""
    found = {name: delta[name] * document["pages"] for name in CLASSES}
    wrong = {name: value for name, value in found.items()
             if abs(value - expected.get(name, 0)) > 1e-6}
    assert not wrong, f"{what}: {wrong}, not {expected}"


def expect_dose(document, function, dose):
    """The dose is in that function, as often as it is executed, and nothing is elsewhere."""
    pages = document["pages"]
    row = next(f for f in document["functions"] if f["name"] == function)
    whole = {"protect": 0, "restore": 0, "touch": 0}
    for segment in row["segments"]:
        name = segment["name"]
        assert segment["calls_old"] == segment["calls_new"], segment
        times = segment["calls_old"] * pages * FUNCTIONS[function][2]
        whole[name] = times
        expect_vector(document, segment["delta"], {c: n * times for c, n in dose.items()},
                      f"{function} in {name}")
    assert whole["protect"] == whole["restore"] > 0 and whole["touch"] == 0, whole
    times = sum(whole.values())
    expected = {c: n * times for c, n in dose.items()}
    expect_vector(document, row["delta"], expected, function)
    for other in document["functions"]:
        if other is not row:
            expect_vector(document, other["delta"], {}, other["name"])
    expect_vector(document, document["unattributed"]["delta"], {}, "unattributed")
    expect_vector(document, document["segments"][0]["delta"], expected, "the iteration")
    for segment in document["segments"][1:]:
        expect_vector(document, segment["delta"],
                      {c: n * whole[segment["name"]] for c, n in dose.items()}, segment["name"])


def add_dose(doses, name, function, text, added, dose):
    """A test of one dose: assembly, the mnemonics it adds, and its vector."""
    def test():
        old, new = (doses.built(c) for c in (doses.base, doses.dosed(function, text)))
        doses.dosed_alone(old, new, function, added)
        document = doses.w.run("attribute", old, new, "-s", SCENARIO, "--json").expect(0).json()
        print(f"# {document['mode']}, {document['seconds']['total']:.1f} s", flush=True)
        expect_dose(document, function, dose)
    tap.add(name, test)


def main():
    """Adds and runs the tests."""
    with world.World() as w:
        doses = Doses(w)
        add_dose(doses, "seven instructions for each PTE", "change_pte_range",
                 ".rept 7; nop; .endr", ["nop"] * 7, {"insns": 7})
        # As the kernel writes it: with one CPU the prefix is overwritten when it boots.
        add_dose(doses, "an atomic for each PTE", "change_pte_range",
                 '" LOCK_PREFIX "incl slowpath_test_count(%%rip)', ["lock"],
                 {"insns": 1, "loads": 1, "stores": 1, "atomics": 1})
        add_dose(doses, "a flush of the TLB for each call", "change_protection",
                 "invlpg (%%rsp)", ["invlpg"], {"insns": 1, "tlb_flushes": 1})
        tap.main()


if __name__ == "__main__":
    tap.skipping(main)
