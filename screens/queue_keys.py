"""The keys of a call queue."""

from textual.binding import Binding, BindingType

from crm_tui.i18n import N_

QUEUE_BINDINGS: list[BindingType] = [
    Binding(
        "n",
        "next",
        N_("Next"),
        id="queue.next",
        tooltip=N_("Go on with the next record; one that wasn't called is put back for later."),
    ),
    Binding("s", "skip", N_("Skip"), id="queue.skip", tooltip=N_("Skip this record and say why.")),
    Binding("e", "edit", N_("Edit"), id="queue.edit", tooltip=N_("Edit this record.")),
    Binding(
        "o,enter", "open", N_("Open"), id="queue.open", tooltip=N_("Show all of this record and its lists.")
    ),
    Binding(
        "t",
        "toggle_auto",
        N_("By itself"),
        id="queue.auto",
        show=False,
        tooltip=N_("Whether the next record comes by itself once a call is saved."),
    ),
    Binding(
        "w",
        "anyway",
        N_("Outside hours"),
        id="queue.anyway",
        tooltip=N_("Take somebody although it is outside calling hours there."),
    ),
    Binding(
        "r",
        "restart",
        N_("New round"),
        id="queue.restart",
        show=False,
        tooltip=N_("Begin a new round, in which everybody is offered again. Asks first."),
    ),
    *(
        Binding(str(digit), f"number({digit})", N_("Number"), id=f"queue.number_{digit}", show=False)
        for digit in range(1, 10)
    ),
]
