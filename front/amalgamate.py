#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One source file and one header for kernels that vendor code.

    amalgamate.py --out DIR --version V --licence FILE -I DIR... SOURCE.c...

writes DIR/xenpcifront.h, the two public headers in one, and DIR/xenpcifront.c,
everything else. In one translation unit the file-local names of one source are
in sight of the next, so each source's are renamed by macros while it lasts;
names shared between sources get the library's prefix for the linker.
"""
import argparse
import os
import re
import sys

PUBLIC = ["pcifront-os.h", "pcifront.h"]
LOCAL_INCLUDE = re.compile(r'^#include "([^"]+)"\n', re.M)
SYSTEM_INCLUDE = re.compile(r"^#include <([^>]+)>\n", re.M)
MACRO = re.compile(r"^#define (\w+)", re.M)
# A function or an object at the left margin, and its name.
FUNCTION = re.compile(r"^(?!typedef|#)(?P<lead>\w[\w\s*]*?)\b(?P<name>\w+)"
                      r"\((?P<rest>[^;{]*?)\)\s*[;{]", re.M | re.S)
OBJECT = re.compile(r"^(?P<lead>(?:static|extern|const)\b[\w\s*]*?)\b(?P<name>\w+)"
                    r"(?:\[[^\]]*\])*\s*[=;]", re.M)


def comment(text):
    lines = ["/*"] + [(" * " + line).rstrip() for line in text] + [" */"]
    return "\n".join(lines) + "\n"


class Amalgam:
    def __init__(self, dirs):
        self.dirs = dirs
        self.seen = set()
        self.system = set()

    def load(self, name, here=None):
        for directory in ([here] if here else []) + self.dirs:
            path = os.path.join(directory, name)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    text = file.read()
                return re.sub(r"\A(/\*.*?SPDX.*?\*/|//.*SPDX.*)\n", "", text)
        sys.exit(f"amalgamate.py: {name} is in none of {' '.join(self.dirs)}")

    def strip(self, text):
        """Take the system headers out; they go to the top."""
        self.system.update(SYSTEM_INCLUDE.findall(text))
        return SYSTEM_INCLUDE.sub("", text)

    def header(self, name):
        """A header the first time, nothing after."""
        if name in self.seen:
            return ""
        self.seen.add(name)
        text = self.strip(self.load(name))
        text = LOCAL_INCLUDE.sub(lambda m: self.header(m.group(1)), text)
        return f"/* ---- {name} ---- */\n{text}"

    def source(self, path):
        """A source and, before it, the headers it is the first to need."""
        name = os.path.basename(path)
        text = self.strip(self.load(name, os.path.dirname(path)))
        headers = "".join(self.header(h) for h in LOCAL_INCLUDE.findall(text))
        text = LOCAL_INCLUDE.sub("", text)
        stem = re.sub(r"\W", "_", name[:-2])
        local = sorted(file_local(text))
        body = "".join(f"#define {n} {stem}_{n}_\n" for n in local) + text
        undo = "".join(f"#undef {n}\n"
                       for n in local + sorted(set(MACRO.findall(text))))
        return f"{headers}/* ---- {name} ---- */\n{body}{undo}", text + headers


def names(pattern, text, static):
    return {m.group("name") for m in pattern.finditer(text)
            if ("static" in m.group("lead").split()) == static}


def file_local(text):
    return names(FUNCTION, text, True) | names(OBJECT, text, True)


def shared(text):
    found = names(FUNCTION, text, False) | {
        m.group("name") for m in OBJECT.finditer(text)
        if "extern" in m.group("lead").split()}
    return {n for n in found if not n.startswith("pcifront_")
            and not n.startswith("__")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--licence", required=True)
    parser.add_argument("-I", dest="dirs", action="append", default=[])
    parser.add_argument("sources", nargs="+")
    args = parser.parse_args()

    with open(args.licence, encoding="utf-8") as file:
        licence = file.read().strip().split("\n")
    head = "/* SPDX-License-Identifier: MIT */\n" + comment(
        [f"libxenpcifront {args.version} in one piece, for kernels that keep a",
         "copy. Made from the sources by front/amalgamate.py: change those.",
         "Compile freestanding, as C11; memcpy, memset and memcmp must exist.",
         ""] + licence)

    public = Amalgam(args.dirs)
    text = "".join(public.header(h) for h in PUBLIC)
    write(args.out, "xenpcifront.h", head + "#ifndef XENPCIFRONT_H\n"
          "#define XENPCIFRONT_H\n\n"
          + includes(public.system) + text + "\n#endif\n")

    private = Amalgam(args.dirs)
    private.seen.update(PUBLIC)
    bodies, known = [], ""
    for path in args.sources:
        body, text = private.source(path)
        bodies.append(body)
        known += text
    prefix = "".join(f"#define {n} pcifront_{n}_\n" for n in sorted(shared(known)))
    # Headers bring inline functions that not everybody needs.
    quiet = ("#if defined(__GNUC__)\n"
             '#pragma GCC diagnostic ignored "-Wunused-function"\n#endif\n\n')
    write(args.out, "xenpcifront.c", head + '#include "xenpcifront.h"\n\n' + quiet
          + includes(private.system) + prefix + "\n"
          + "\n".join(bodies))


def includes(names_):
    return "".join(f"#include <{n}>\n" for n in sorted(names_)) + "\n"


def write(directory, name, text):
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
        file.write(re.sub(r"\n{3,}", "\n\n", text))


if __name__ == "__main__":
    main()
