"""Help speaks one language: what Textual says of its own keys is in the catalogues."""

import pytest
from textual.binding import Binding
from textual.containers import ScrollableContainer
from textual.scroll_view import ScrollView
from textual.widget import Widget
from textual.widgets import Input, OptionList, TextArea

from crm_tui.i18n import _, set_language
from screens.widget_texts import WIDGET_TEXTS


@pytest.mark.parametrize("widget", [ScrollableContainer, ScrollView, Input, OptionList, TextArea])
def test_keys_of_textual_widgets_are_explained_in_japanese(widget: type[Widget]) -> None:
    set_language("ja")
    described = {one.description for one in widget.BINDINGS if isinstance(one, Binding) and one.description}
    assert described <= WIDGET_TEXTS
    assert all(_(text) != text for text in described)
