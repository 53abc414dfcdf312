"""The tags that a template may use, and those that it may not.

Belongs here: names of tags and how they open and close blocks. Does not: finding them
(`delimiters.py`) or nesting them (`blocks.py`).
"""

# Opening tag → closing tag.
BLOCKS = {
    "if": "endif",
    "unless": "endunless",
    "case": "endcase",
    "capture": "endcapture",
    "comment": "endcomment",
    "raw": "endraw",
}
CLOSERS = {closer: opener for opener, closer in BLOCKS.items()}
# Tags inside a block → the blocks that they may stand in.
BRANCHES = {
    "else": frozenset({"if", "unless", "case"}),
    "elsif": frozenset({"if", "unless"}),
    "when": frozenset({"case"}),
}
WITH_EXPRESSION = frozenset(
    {"if", "unless", "elsif", "case", "when", "assign", "capture", "echo"}
)
BARE = frozenset({"else", "comment", "raw", *CLOSERS})
KNOWN_TAGS = WITH_EXPRESSION | BARE | {"#"}

# Liquid's other tags: loops and partials could run long or read files.
DISALLOWED_BLOCKS = {
    "for": "endfor",
    "tablerow": "endtablerow",
    "ifchanged": "endifchanged",
    "doc": "enddoc",
    "form": "endform",
    "paginate": "endpaginate",
    "style": "endstyle",
    "javascript": "endjavascript",
    "schema": "endschema",
    "block": "endblock",
    "macro": "endmacro",
    "with": "endwith",
}
DISALLOWED_TAGS = frozenset(
    {
        *DISALLOWED_BLOCKS,
        *DISALLOWED_BLOCKS.values(),
        "include",
        "render",
        "layout",
        "section",
        "sections",
        "extends",
        "call",
        "cycle",
        "increment",
        "decrement",
        "liquid",
        "break",
        "continue",
    }
)

# What people write for a tag that has another name here.
OTHER_TAG_NAMES = {
    "elif": "elsif",
    "elseif": "elsif",
    "else_if": "elsif",
    "elsif": "elsif",
    "set": "assign",
    "let": "assign",
    "switch": "case",
    "ifnot": "unless",
    "print": "echo",
    "fi": "endif",
    "esac": "endcase",
}
