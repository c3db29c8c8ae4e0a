"""Where accounts that are synchronised are, and as which program they are asked."""

from dataclasses import dataclass, replace
from typing import Final

MICROSOFT_LOGIN: Final = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True)
class OutlookServer:
    """Microsoft Graph and where it gives out tokens.

    Attributes:
        client_id: Of this program as it is registered there; "" where nobody has done so.
        tenant: Directory whose accounts may connect.
        graph_url: Without a version and a slash at the end.
        login_url: The same.
        window: Days back and ahead that calendar events are read for, parted by a comma.
    """

    client_id: str = ""
    tenant: str = "common"
    graph_url: str = "https://graph.microsoft.com"
    login_url: str = MICROSOFT_LOGIN
    window: str = "30,180"

    @property
    def days_back(self) -> int:
        """How many days back events are read."""
        return int(self.window.partition(",")[0])

    @property
    def days_ahead(self) -> int:
        """How many days ahead events are read."""
        return int(self.window.partition(",")[2])

    def registered(self, client_id: str) -> "OutlookServer":
        """Return the same with an id of the program where none of its own is set."""
        return self if self.client_id else replace(self, client_id=client_id)
