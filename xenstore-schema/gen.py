#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Turn pci.schema into C names, a C table or the reference page.

    gen.py h|c|md SCHEMA > OUTPUT

The notation is explained in GRAMMAR. Whatever is wrong with the schema is
reported as FILE:LINE: and fails the build.
"""

import re
import sys
import textwrap

PARTIES = ("toolstack", "back", "front", "xenpcid", "xenpci", "libxl",
           "xenstored")
PARAMS = {"domid": "%u", "index": "%u", "bdf": "%s"}
ALWAYS = frozenset(range(9))
MAX_PARAMS = 2


class SchemaError(Exception):
    """A mistake in the schema, with the line it stands on."""


class Item:
    """One statement: its kind, words, attributes and prose."""

    def __init__(self, line, kind, name, rest):
        self.line = line
        self.kind = kind
        self.name = name
        self.rest = rest
        self.attrs = {}
        self.prose = []
        self.group = None
        self.parent = None
        self.life = None
        self.valid = ALWAYS
        self.required = frozenset()

    @property
    def meaning(self):
        return " ".join(self.prose)

    @property
    def params(self):
        return re.findall(r"\{(\w+)\}", self.rest)

    @property
    def printf(self):
        return re.sub(r"\{(\w+)\}", lambda m: PARAMS[m[1]], self.rest)

    @property
    def leaf(self):
        return self.printf.rsplit("/", 1)[-1]


def read_items(lines):
    """Split the text into statements."""
    item = None
    for number, raw in enumerate(lines, 1):
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        if not raw[0].isspace():
            words = text.split(None, 2)
            if words[0] not in ("type", "group", "node", "watch"):
                raise SchemaError(number, f"unknown statement {words[0]}")
            if words[0] == "group":
                item = Item(number, "group", text.split(None, 1)[1], "")
            elif len(words) != 3:
                raise SchemaError(number, f"{words[0]} needs two words")
            else:
                item = Item(number, *words)
            yield item
        elif item is None:
            raise SchemaError(number, "this line belongs to no statement")
        elif text.startswith(":"):
            item.prose.append(text[1:].strip())
        else:
            key, *words = text.split()
            if key not in ("type", "writer", "reader", "valid", "required"):
                raise SchemaError(number, f"unknown attribute {key}")
            if key in item.attrs or not words:
                raise SchemaError(number, f"{key}: repeated or empty")
            item.attrs[key] = words


def parse_states(schema, item, words):
    """("BACK_STATE", "3-4", "7") -> the state node's name and a set."""
    if words == ["always"]:
        return None, ALWAYS
    life, *ranges = words
    if life not in schema.names:
        raise SchemaError(item.line, f"{life} is not a node")
    states = set()
    for text in ranges:
        match = re.fullmatch(r"([0-8])(?:-([0-8]))?", text)
        if not match:
            raise SchemaError(item.line, f"{text} is not a range of states")
        first = int(match[1])
        states.update(range(first, int(match[2] or first) + 1))
    return life, frozenset(states)


class Schema:
    """All statements, checked and resolved."""

    def __init__(self, lines):
        self.types = {}
        self.groups = []
        self.nodes = []
        self.watches = []
        self.names = {}
        for item in read_items(lines):
            self.add(item)
        for node in self.nodes:
            self.finish(node)

    def add(self, item):
        if item.kind == "type":
            if item.name in self.types:
                raise SchemaError(item.line, f"type {item.name} repeated")
            self.types[item.name] = item
            return
        if item.kind == "group":
            self.groups.append(item)
            return
        if item.name in self.names:
            raise SchemaError(item.line, f"{item.name} repeated")
        if not self.groups:
            raise SchemaError(item.line, "a node before the first group")
        item.group = self.groups[-1]
        self.names[item.name] = item
        if item.kind == "watch":
            self.watches.append(item)
            return
        self.resolve_path(item)
        self.nodes.append(item)

    def resolve_path(self, node):
        first, _, rest = node.rest.partition("/")
        if first:
            node.parent = self.names.get(first)
            if node.parent is None:
                raise SchemaError(node.line, f"{first} is no earlier node")
            node.rest = node.parent.rest + "/" + rest
        params = node.params
        if len(params) > MAX_PARAMS or not set(params) <= set(PARAMS):
            raise SchemaError(node.line, f"placeholders of {node.rest}")
        for other in self.nodes:
            if other.rest == node.rest:
                raise SchemaError(node.line, f"same path as {other.name}")

    def finish(self, node):
        for key in ("type", "writer", "reader"):
            if key not in node.attrs:
                raise SchemaError(node.line, f"{node.name} has no {key}")
        if node.attrs["type"][0] not in self.types:
            raise SchemaError(node.line, "unknown type")
        for party in node.attrs["writer"] + node.attrs["reader"]:
            if party not in PARTIES:
                raise SchemaError(node.line, f"unknown party {party}")
        if not node.prose:
            raise SchemaError(node.line, f"{node.name} has no meaning")
        for key in ("valid", "required"):
            if key not in node.attrs:
                continue
            life, states = parse_states(self, node, node.attrs[key])
            if life and node.life and life != node.life:
                raise SchemaError(node.line, "two different state nodes")
            node.life = life or node.life
            setattr(node, key, states)
        if not node.required <= node.valid:
            raise SchemaError(node.line, "required where it is not valid")


def c_string(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def c_text(text, indent):
    """A long string as adjacent literals that fit the column limit."""
    pad = " " * indent
    lines = textwrap.wrap(text, 72 - indent)
    parts = [line + " " for line in lines[:-1]] + lines[-1:]
    return ("\n" + pad).join(c_string(part) for part in parts)


def emit_h(schema):
    yield "/* SPDX-License-Identifier: MIT */"
    yield "/* Generated from pci.schema by gen.py; do not edit. */"
    yield "#ifndef XENSTORE_SCHEMA_NODES_H"
    yield "#define XENSTORE_SCHEMA_NODES_H"
    for group in schema.groups:
        yield f"\n/* {group.name}. */"
        for item in schema.names.values():
            if item.group is not group:
                continue
            args = f" /* {', '.join(item.params)} */" if item.params else ""
            yield f"#define XS_{item.name} {c_string(item.printf)}{args}"
    yield "\n/* Last components, for paths below a directory known otherwise. */"
    for node in schema.nodes:
        yield f"#define XS_LEAF_{node.name} {c_string(node.leaf)}"
    yield "\n/* Rows of schema_nodes; \"none\" ends a chain of parents. */"
    yield "enum schema_id {"
    for node in schema.nodes:
        yield f"    SCHEMA_{node.name},"
    yield "    SCHEMA_NONE,"
    yield "};"
    yield f"#define SCHEMA_COUNT {len(schema.nodes)}"
    yield "\nenum schema_type_id {"
    for name in schema.types:
        yield f"    SCHEMA_TYPE_{name.upper()},"
    yield "};"
    yield f"#define SCHEMA_TYPE_COUNT {len(schema.types)}"
    yield "\n#endif"


def mask(states):
    return f"0x{sum(1 << state for state in states):03x}"


def parties(names):
    return " | ".join(f"SCHEMA_BY_{name.upper()}" for name in names)


def emit_c(schema):
    yield "/* SPDX-License-Identifier: MIT */"
    yield "/* Generated from pci.schema by gen.py; do not edit. */"
    yield '#include "schema.h"'
    yield "\nconst struct schema_type schema_types[SCHEMA_TYPE_COUNT] = {"
    for item in schema.types.values():
        yield f"    [SCHEMA_TYPE_{item.name.upper()}] = {{"
        yield f"        .name = {c_string(item.name)},"
        yield f"        .form = {c_string(item.rest)},"
        yield f"        .meaning =\n            {c_text(item.meaning, 12)},"
        yield "    },"
    yield "};"
    yield "\nconst struct schema_node schema_nodes[SCHEMA_COUNT] = {"
    for node in schema.nodes:
        params = ", ".join(f"SCHEMA_PARAM_{p.upper()}" for p in node.params)
        yield f"    [SCHEMA_{node.name}] = {{"
        yield f"        .name = {c_string(node.name)},"
        yield f"        .path = XS_{node.name},"
        yield f"        .leaf = XS_LEAF_{node.name},"
        yield f"        .params = {{ {params or 'SCHEMA_PARAM_NONE'} }},"
        yield f"        .type = SCHEMA_TYPE_{node.attrs['type'][0].upper()},"
        yield ("        .parent = SCHEMA_"
               f"{node.parent.name if node.parent else 'NONE'},")
        yield f"        .writers = {parties(node.attrs['writer'])},"
        yield f"        .readers = {parties(node.attrs['reader'])},"
        yield f"        .life = SCHEMA_{node.life or 'NONE'},"
        yield f"        .valid = {mask(node.valid)},"
        yield f"        .required = {mask(node.required)},"
        yield f"        .meaning =\n            {c_text(node.meaning, 12)},"
        yield "    },"
    yield "};"


def states_text(node, states):
    if states == ALWAYS:
        return "always"
    digits = ", ".join(str(state) for state in sorted(states))
    return f"{schema_leaf_of(node)} {digits}"


def schema_leaf_of(node):
    return "`state-N`" if node.life == "BACK_STATE_N" else "`state`"


def emit_md(schema):
    yield "# The xenstore nodes of the PCI pair\n"
    yield ("Generated from `xenstore-schema/pci.schema`. *toolstack* is libxl"
           " or xenpci, *back* is xenpcid or the kernel's xen-pciback, *front*"
           " is the guest. A node is *needed* while the named state node has"
           " one of the values given.\n")
    yield "## Types\n"
    yield "| type | form | meaning |\n|---|---|---|"
    for item in schema.types.values():
        yield f"| {item.name} | `{item.rest}` | {item.meaning} |"
    yield ("\nIn a form H is a hexadecimal digit, O an octal one, X up to eight"
           " hexadecimal digits, N a decimal number, S a digit from 0 to 8,"
           " B 0 or 1, `*` any text; the rest stands for itself.")
    for group in schema.groups:
        yield f"\n## {group.name}\n\n{group.meaning}\n"
        nodes = [n for n in schema.nodes if n.group is group]
        if nodes:
            yield "| node | type | writer | reader | needed | meaning |"
            yield "|---|---|---|---|---|---|"
        for node in nodes:
            needed = states_text(node, node.required) if node.required else ""
            yield (f"| `{node.rest}` | {node.attrs['type'][0]}"
                   f" | {', '.join(node.attrs['writer'])}"
                   f" | {', '.join(node.attrs['reader'])}"
                   f" | {needed} | {node.meaning} |")
        for watch in schema.watches:
            if watch.group is group:
                yield f"- `{watch.rest}`: {watch.meaning}"


EMITTERS = {"h": emit_h, "c": emit_c, "md": emit_md}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in EMITTERS:
        sys.exit("usage: gen.py h|c|md SCHEMA")
    path = sys.argv[2]
    try:
        with open(path, encoding="utf-8") as file:
            schema = Schema(file)
    except SchemaError as error:
        line, text = error.args
        sys.exit(f"{path}:{line}: {text}")
    for line in EMITTERS[sys.argv[1]](schema):
        print(line)


if __name__ == "__main__":
    main()
