"""Fault 7: nothing but fixed words goes into a widget that reads text as markup.

A plain string is markup to most widgets of the toolkit. Data reaches them only inside `Content` or
`Text`, built from cleaned text; this reads every source file for calls that do otherwise.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("screens/**/*.py"), *ROOT.glob("crm_tui/*.py")])

READS_MARKUP = {
    "Static": (0, "content"),
    "Label": (0, "content"),
    "Button": (0, "label"),
    "Checkbox": (0, "label"),
    "RadioButton": (0, "label"),
    "Placeholder": (0, "label"),
    "Option": (0, "prompt"),
    "Tab": (0, "label"),
    "TabPane": (0, "title"),
    "Collapsible": (-1, "title"),
    "Tooltip": (0, "content"),
}
"""Constructors, with the place and the name of the argument they read."""

READS_MARKUP_LATER = {"update": (0, "content"), "add_option": (0, "option"), "add_column": (0, "label")}
"""Methods of widgets that read as much, whatever the widget is called."""

READS_MARKUP_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip"}

NEVER = {"from_markup", "Link", "markup", "render_markup"}
"""Constructions that foreign text must not come near."""

HARMLESS_CALLS = {"Content", "Text", "_", "N_", "assemble", "styled", "from_text", "blank"}


def offences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return line and reason of whatever hands a plain, variable string to a reader of markup."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call_offences(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in READS_MARKUP_ATTRIBUTES:
                    if not is_harmless(node.value):
                        yield node.lineno, f"{target.attr} = plain text"


def _call_offences(node: ast.Call) -> Iterator[tuple[int, str]]:
    name = _name(node.func)
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    if name == "notify" and not (
        isinstance(keywords.get("markup"), ast.Constant) and keywords["markup"].value is False  # type: ignore[attr-defined]
    ):
        yield node.lineno, "notify without markup=False"
    if name in NEVER:
        yield node.lineno, name
    place = READS_MARKUP.get(name)
    if place is None and isinstance(node.func, ast.Attribute) and _is_widget_call(node):
        place = READS_MARKUP_LATER.get(name)
    if place is None:
        return
    position, keyword = place
    given = node.args[position] if 0 <= position < len(node.args) else keywords.get(keyword)
    if given is not None and not is_harmless(given):
        yield node.lineno, f"{name}(plain text)"


def _is_widget_call(node: ast.Call) -> bool:
    """Tell a widget's ``update("…")`` from that of a set or dict: it is given a piece of text."""
    return len(node.args) == 1 and isinstance(node.args[0], ast.JoinedStr | ast.BinOp | ast.Constant)


def is_harmless(value: ast.expr) -> bool:
    """Whether an argument is fixed text without brackets, or Content or Text."""
    if isinstance(value, ast.Constant):
        return value.value is None or (isinstance(value.value, str) and "[" not in value.value)
    if isinstance(value, ast.Call):
        return _name(value.func) in HARMLESS_CALLS or _makes_content(value)
    if isinstance(value, ast.BinOp):
        return isinstance(value.left, ast.Call) and _name(value.left.func) in ("Content", "Text")
    if isinstance(value, ast.IfExp):
        return is_harmless(value.body) and is_harmless(value.orelse)
    return isinstance(value, ast.Name | ast.Attribute) and not isinstance(value, ast.JoinedStr)


def _makes_content(value: ast.Call) -> bool:
    """A method that builds what it paints; its own parts are looked at where it is written."""
    return isinstance(value.func, ast.Attribute | ast.Name)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_plain_text_is_read_as_markup(path: Path) -> None:
    assert list(offences(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "bad",
    [
        "Static(f'{name}')",
        "Static('[b]x[/b]')",
        "Label('Call ' + name)",
        "Button(label='%s' % name)",
        "self.query_one(Static).update(f'{name}')",
        "widget.border_title = f'{name}'",
        "widget.tooltip = 'a' + name",
        "app.notify(name)",
        "app.notify(name, markup=True)",
        "Content.from_markup('[b]' + name)",
        "Link(url)",
        "TabPane(f'Notes {count}')",
        "Option(f'{name}')",
    ],
)
def test_the_reader_sees_what_it_looks_for(bad: str) -> None:
    assert list(offences(ast.parse(bad)))


@pytest.mark.parametrize(
    "good",
    [
        "Static(Content(safe(name)))",
        "Option(Content(SIGN) + line)",
        "Static('')",
        "Static(_('Activities'))",
        "found.update(more)",
        "app.notify(safe(name), markup=False)",
        "widget.border_title = Content(safe(name))",
    ],
)
def test_the_reader_leaves_the_rest_alone(good: str) -> None:
    assert list(offences(ast.parse(good))) == []
