# SPDX-License-Identifier: GPL-2.0-or-later
"""The examples of README and the man pages that boot kernels the tests have anyway, done for real:
what they end with is a measurement, and what is seen first answers. Of a glob over many scenarios, and of what other kernels are
needed for, tests/cli/screen/examples.py checks the words."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import tap
from boot import lab
from cli import example_lines

REPRO = "#include <stdlib.h>\n#include <string.h>\nint main(void)\n{\n\tchar *p = malloc(1 << 20);\n" \
        "\n\treturn p ? memset(p, 1, 1 << 20) != p : 1;\n}\n"


def kernels(words):
    return [w for w in words if w.startswith(("debian:", "git:", "~/", "my-", "./"))
            and w != "./repro"]


def can_be_done(words):
    """With the two kernels alone, within seconds."""
    return example_lines.boots(words) and words[0] not in ("run", "bisect", "decompose", "patrol", "series") and \
        kernels(words) and set(kernels(words)) - {"~/linux"} <= {lab.OLD, lab.NEW} and \
        ("~/linux" not in words or "--tree" in words) and \
        not {"--confirm", "--arch"} & set(words) and not any("*" in s for s in example_lines.scenarios(words))


def is_measured(place, home, page, line, words):
    full = dict(zip((lab.OLD, lab.NEW), home.specs))
    done = place.slowpath(*(full.get(w, w) for w in words), page=page, **home.env)
    # A program's counts may leave it open (125), which is a measurement too; and so may the times
    # of a replay where the machine is restless.
    allowed = (0, 1, 125) if "--" in words or words[0] == "replay" else (0, 1)
    assert done.returncode in allowed, f"{line}\nexit {done.returncode}\n{done.stderr[-3000:]}"
    if words[0] == "replay" and done.returncode == 125:
        assert "too restless" in done.stderr, done.stderr
        raise tap.Skip(done.stderr.strip())
    assert done.stdout.strip() or words[0] == "shell", f"{line}\n{done.stderr[-1000:]}"
    if words[0] in first_screen.BY_EXAMPLES and done.returncode in (0, 1) and \
            not {"--json", "--"} & set(words):
        first_screen.booted(words[0], done.stdout)


def what_it_does(words):
    """The words less those that choose what is chosen anyway, or the same in another form: what two
    examples have in common is measured once."""
    return [w for w in words if w not in ("--json", "-s", "mprotect/shared-dirty-toggle")]


def all_are_done():
    home = lab.Home(small=True)
    with home, example_lines.Place(home.path) as place:
        (place.path / "repro.c").write_text(REPRO, encoding="ascii")
        subprocess.run(["cc", "-static", "-O1", "-o", place.path / "repro", place.path / "repro.c"],
                       check=True)
        seen = []
        # Of two that do the same the one without --json, whose first screen is looked at.
        for page, line, words in sorted(example_lines.commands(), key=lambda c: "--json" in c[2]):
            if can_be_done(words) and what_it_does(words) not in seen:
                seen.append(what_it_does(words))
                tap.add(f"{page}: {line}".replace("#", ""),
                        lambda p=page, s=line, w=words: is_measured(place, home, p, s, w))
        tap.main()


tap.skipping(all_are_done)
