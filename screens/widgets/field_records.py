"""Records that are added one after the other, found by name."""

from crm_tui.domain.records import Ref
from crm_tui.i18n import _
from screens.widgets.field_participants import ParticipantsField


class RecordsField(ParticipantsField):
    """A field for several records; what was typed and never found is handed on as text."""

    takes_addresses = False

    @property
    def records(self) -> tuple[Ref, ...]:
        """What was added."""
        return tuple(one.ref for one in self.participants if one.ref is not None)

    @property
    def typed(self) -> str:
        """What was typed and is no record yet."""
        return self.editor.value.strip()

    def known_already(self) -> str:
        """Return what to say when a record is added twice."""
        return _("%(name)s stands there already.")

    def how_to_remove(self) -> str:
        """Return how a record is taken out again."""
        return _("Del takes a record out.")
