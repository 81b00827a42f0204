"""Reads the pages about moving: their sections, and the blocks of code in these."""

import os
import re
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(HERE, "..", "..", "docs")
# Where the frontend's pages are, in the pages about moving.
PAGES = "http://localhost:5173"


def page(name):
    with open(os.path.join(DOCS, name), encoding="utf-8") as file:
        return file.read()


def section(name, title):
    """The section of a page below this heading."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page(name), re.MULTILINE | re.DOTALL)
    if not found:
        raise SystemExit(f"docs/{name} has no section {title!r}")
    return found[1]


def blocks(text):
    """The blocks of code of a section: the heading that each stands below, its language, and what it holds."""
    heading = None
    for found in re.finditer(r"^### ([^\n]*)$|^( *)```(\w+)\n(.*?)^\2```$", text, re.MULTILINE | re.DOTALL):
        if found[1]:
            heading = found[1]
        else:
            yield heading, found[3], textwrap.dedent(found[4])


def moving(package):
    """The blocks of the section that leads users of this package to Countersign."""
    return blocks(section(f"from-{package}.md", "Moving the users"))


def settings(package, pages):
    """The settings that the section shows, for a frontend of this origin."""
    return next(block for _, language, block in moving(package) if language == "toml").replace(PAGES, pages)
