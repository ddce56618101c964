"""Sections of a page that different programs write, between markers."""


def marks(name):
    return f"<!-- {name}: made by a program, do not edit -->", f"<!-- end of {name} -->"


def found(page, name):
    """The lines between the markers, or none."""
    start, end = marks(name)
    if start not in page or end not in page:
        return []
    return page.split(start, 1)[1].split(end, 1)[0].strip("\n").split("\n")


def section(name, lines):
    start, end = marks(name)
    return [start, "", *lines, "", end] if lines else [start, end]


def replaced(page, name, lines):
    """The page with other lines in the section, which stands at the end if there was none."""
    start, end = marks(name)
    new = "\n".join(section(name, lines))
    if start in page and end in page:
        before, rest = page.split(start, 1)
        return before + new + rest.split(end, 1)[1]
    return page.rstrip("\n") + "\n\n" + new + "\n"
