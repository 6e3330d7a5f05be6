# SPDX-License-Identifier: GPL-2.0-or-later
"""A lint that cannot fail proves nothing: each one is shown a planted violation and a clean tree."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from lint import house, layers

SPDX = "// SPDX-License-Identifier: GPL-2.0-or-later\n"


def tree(files, check):
    """What @check finds in a folder of @files, {path: text}."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return check(root)


def expect(check, clean, planted):
    """@clean passes; each of @planted alone is found, and nothing else is."""
    assert tree(clean, check) == [], tree(clean, check)
    for name, text in planted.items():
        found = tree({**clean, name: text}, check)
        assert len(found) == 1, f"{name}: {text[:80]!r} gave {found}"


@tap.test
def layers_includes_upward():
    clean = {"lab/run.c": '#include "lab/run.h"\n#include "vm/boot.h"\n#include <stdio.h>\n',
             "store/db.c": "#include <sqlite3.h>\n", "guest/init.c": '#include "proto/plan.h"\n',
             "plugin/own.h": "", "plugin/count.c": '#include "own.h"\n',
             "cmd/run.c": '#include "judge/judge.h"\n// #include "cmd/judge.c"\n'}
    for name, line in {"vm/a.c": '"lab/run.h"', "base/a.h": '"proto/plan.h"',
                       "guest/a.c": '"base/err.h"', "plugin/a.c": '"guest/init.h"',
                       "lab/a.c": "<sqlite3.h>", "cmd/a.c": '"cmd/run.c"',
                       "judge/a.c": '"local.h"', "vm/b.c": '"guest/init.h"'}.items():
        expect(layers.check_includes, clean, {name: f"#include {line}\n"})


@tap.test
def layers_reach_of_the_guest():
    clean = {"guest/init.c": '#include "proto/plan.h"\n', "proto/plan.h": '#include "proto/b.h"\n',
             "proto/b.h": "#include <stdint.h>\n"}
    expect(layers.check_apart, clean, {"proto/b.h": '#include "base/err.h"\n'})


@tap.test
def layers_wings():
    clean = {"lab/a/a.h": '#include "lab/b/b.h"\n#include "lab/c.h"\n', "lab/b/b.h": "", "lab/c.h": "",
             "vm/d/d.h": "", "vm/d.h": '#include "vm/d/d.h"\n', "guest/e/e.h": '#include "guest/f.h"\n',
             "guest/f.h": ""}
    expect(layers.check_wings, clean, {"lab/b/b.h": '#include "lab/a/a.h"\n',
                                       "guest/f.h": '#include "guest/e/e.h"\n',
                                       "lab/c.h": '#include "lab/a/a.h"\n'})


@tap.test
def layers_prints():
    clean = {"cmd/a.c": "int x = printf(\"x\");\n", "guest/a.c": "puts(\"x\"); exit(1);\n",
             "lab/a.c": '/* printf("x") */ const char *s = "exit(1)"; _exit(1); // puts("x")\n'
                        "snprintf(b, 1, \"x\"); fprintf(f, \"x\"); buf_printf(b, \"x\");\n"}
    for line in ('printf("x");', 'puts("x");', 'fprintf(stderr, "x");', "fputs(s, stdout);",
                 "exit(1);", 'perror("x");', 'exit (1);'):
        expect(layers.check_prints, clean, {"lab/b.c": line + "\n"})


@tap.test
def layers_circles():
    clean = {"lab/a.h": "int a(void);\n",
             "lab/a.c": '#include "lab/b.h"\nint a(void)\n{\n\treturn b();\n}\n',
             "lab/b.h": "int b(void);\nextern int table;\n",
             # A name in a comment is no call, nor is a function of its own, or one of another layer.
             "lab/b.c": "/* a() */\nint b(void)\n{\n\treturn c();\n}\n",
             "lab/c.c": "int table;\nstatic int d(void)\n{\n\treturn c();\n}\nint c(void)\n{\n}\n",
             "vm/d.c": "int d(void)\n{\n\treturn a();\n}\n", "lab/d.c": "int e = table;\n"}
    expect(layers.check_circles, clean, {
        "lab/b.c": "int\nb(void)\n{\n\treturn a();\n}\n",
        "lab/c.c": "struct x *c(int (*f)(void), int n)\n{\n\treturn a();\n}\n",
        "lab/a.h": '#include "lab/a.h"\n'})
    expect(layers.check_circles, {**clean, "lab/a.h": '#include "lab/b.h"\n'}, {
        "lab/b.h": '#include "lab/a.h"\n'})


@tap.test
def house_package():
    deps = "BUILD_PACKAGES=(gcc meson\n\tzed-dev)\nRUN_PACKAGES=(qemu)\nKERNEL_PACKAGES=(bc)\n"
    control = "Build-Depends: debhelper-compat (= 13),\n meson (>= 1), zed-dev\n\n" \
              "Package: slowpath\nDepends: ${misc:Depends},\n qemu (>= 7)\nSuggests: bc\n"
    clean = {"tools/deps.sh": deps, "debian/control": control,
             "debian/changelog": "slowpath (1.2) unstable; urgency=medium\n",
             "meson.build": "project('slowpath', 'c',\n  version: '1.2',\n)\n"}
    for name, old, new in (("tools/deps.sh", "zed-dev", "zed-dev why-dev"),
                           ("tools/deps.sh", "(qemu)", "(qemu ctags)"),
                           ("tools/deps.sh", "(bc)", "(bc flex)"),
                           ("debian/control", "zed-dev", "zed-dev, why-dev"),
                           ("debian/changelog", "1.2", "1.1")):
        expect(house.check_package, clean, {name: clean[name].replace(old, new)})


@tap.test
def house_spdx():
    clean = {"a.c": SPDX, "b.py": "#!/usr/bin/python3\n# SPDX-License-Identifier: MIT\n",
             "README": "text\n", "tests/fuzz/corpus/spec/a.yaml": "x"}
    expect(house.check_spdx, clean, {"d.c": "int x;\n"})
    expect(house.check_spdx, clean, {"tool": "#!/bin/sh\n"})
    expect(house.check_spdx, clean, {"lab/meson.build": "x = 1\n"})
    expect(house.check_spdx, clean, {"d.h": "\n\n\n" + SPDX})


@tap.test
def house_merged():
    clean = {"a.c": SPDX, "b.md": "x <<<<<<< y\n=======\n<<<<<<<\n"}
    for mark in "<>|":
        expect(house.check_merged, clean, {"d.1": f"x\n{mark * 7} HEAD\n"})


@tap.test
def house_sizes():
    clean = {"a.c": "x\n" * 800, "b.c": "x\n", "c.c": "x\n" * 199}
    expect(house.check_sizes, clean, {"d.h": "x\n" * 801})
    expect(house.check_sizes, clean, {"c.c": "x\n" * 200})


@tap.test
def house_hosts():
    clean = {"a.md": "https://www.gnu.org/licenses and https://docs.kernel.org/mm\n"}
    expect(house.check_hosts, clean, {"b.c": f"http{'://'}registry.invalid/x\n"})
    expect(house.check_hosts, clean, {"b.c": f"https{'://'}notgnu.org\n"})


@tap.test
def house_paths():
    clean = {"a.c": "/proc/self /usr/lib $HOME/work/x lib/work/x initrd/root/x /workload\n"}
    expect(house.check_paths, clean, {"b.sh": f"cd {'/work'}/main\n"})
    expect(house.check_paths, clean, {"b.sh": f"cp x \"{'/home'}/me/x\"\n"})


@tap.test
def house_globals():
    sources = {"clean": "int f(void); static const char *const t[] = {\"a\"}; int log_level;"
                        "int f(void) { return t[0][0]; }",
               "data": "int counter = 1;", "bss": "int counter;",
               "common": "int counter __attribute__((common));",
               "hidden": "static int n; int f(void); int f(void) { return n++; }",
               "function": "int f(void); int f(void) { static int n = 2; return n++; }",
               "pointer": "const char *name = \"x\";", "thread": "_Thread_local int n;"}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in sources.items():
            source = pathlib.Path(folder, name + ".c")
            archive = source.with_name(f"lib{name}.a")
            source.write_text(text)
            subprocess.run([os.environ.get("CC", "cc"), "-fPIE", "-c", source, "-o",
                            source.with_suffix(".o")], check=True)
            subprocess.run(["ar", "rcsT", archive, source.with_suffix(".o")], check=True)
            found = house.check_globals([archive])
            assert len(found) == (name != "clean"), f"{name}: {found}"


@tap.test
def house_manual():
    clean = {"man/slowpath.1": "", "man/slowpath-run.1": ""}
    check = lambda root: house.check_manual(root, ["run"])
    expect(check, clean, {"man/slowpath-gone.1": ""})
    found = tree(clean, lambda root: house.check_manual(root, ["run", "judge"]))
    assert found == ["no man/slowpath-judge.1"], found
    assert tree({"man/slowpath-run.1": ""}, check) == ["no man/slowpath.1"]


@tap.test
def house_readme():
    clean = {"README.md": "slowpath is quick. `slowpath run x`\n\n    slowpath --help\n"}
    check = lambda root: house.check_readme(root, ["run"])
    for text in ("`slowpath gone`\n", "```\n$ slowpath gone x\n```\n", "    slowpath gone\n",
                 "`git bisect run slowpath gone`\n"):
        expect(check, clean, {"HACKING.md": text})


@tap.test
def house_listed():
    clean = {"tests/unit/base/test_a.c": "", "tests/lint/helper.py": "", "tests/cli/b.py": "tap.main()",
             "tests/real/c.py": "tap.main()"}
    check = lambda root: house.check_listed(root, {("unit", "a"), ("cli", "b"), ("long", "c")})
    for name in ("tests/unit/base/test_x.c", "tests/fuzz/fuzz_x.c", "tests/boot/x.py", "tests/real/x.py",
                 "tests/boot/b.py", "tests/boot/folder/x.py"):
        expect(check, clean, {name: "tap.main()"})


tap.main()
