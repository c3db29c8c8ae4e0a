"""The keys of a list. Each letter has its full-width twin, which a Japanese input method sends."""

from textual.binding import Binding, BindingType

from crm_tui.i18n import N_


def _binding(
    key: str, action: str, name: str, description: str, tooltip: str, *, show: bool = False
) -> Binding:
    return Binding(key, action, description, tooltip=tooltip, id=f"table.{name}", show=show)


RECORD_BINDINGS: list[BindingType] = [
    _binding("enter", "open", "open", N_("Open"), N_("Open the record under the cursor"), show=True),
    _binding("j,ｊ,down", "move(1)", "down", N_("Down"), N_("Go to the next row")),
    _binding("k,ｋ,up", "move(-1)", "up", N_("Up"), N_("Go to the row before")),
    _binding("pagedown", "page(1)", "page_down", N_("Page down"), N_("Scroll down by a screen")),
    _binding("pageup", "page(-1)", "page_up", N_("Page up"), N_("Scroll up by a screen")),
    _binding("ctrl+d", "half_page(1)", "half_down", N_("Half page down"), N_("Scroll down by half a screen")),
    _binding("ctrl+u", "half_page(-1)", "half_up", N_("Half page up"), N_("Scroll up by half a screen")),
    _binding("home", "first", "first", N_("First"), N_("Go to the first row of the list")),
    _binding("G,Ｇ,end", "last", "last", N_("Last"), N_("Go to the last row of the list")),
    _binding("space,ideographic_space", "toggle_mark", "mark", N_("Mark"), N_("Mark the row and go down")),
    _binding("asterisk,＊", "mark_all", "mark_all", N_("Mark all"), N_("Mark all rows of the list, or none")),
    _binding("V,Ｖ", "mark_range", "mark_range", N_("Mark range"), N_("Mark from the last mark to here")),
    _binding("s,ｓ", "sort", "sort", N_("Sort"), N_("Sort by the next column")),
    _binding("S,Ｓ", "sort_reverse", "sort_reverse", N_("Reverse"), N_("Sort the other way round")),
    _binding("ctrl+r", "reload", "reload", N_("Reload"), N_("Read the list again")),
]
