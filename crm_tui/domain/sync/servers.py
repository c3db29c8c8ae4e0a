"""Where accounts that are synchronised are, and as which program they are asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
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


ZOHO_DATA_CENTERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "com": ("https://accounts.zoho.com", "https://www.zohoapis.com"),
        "eu": ("https://accounts.zoho.eu", "https://www.zohoapis.eu"),
        "in": ("https://accounts.zoho.in", "https://www.zohoapis.in"),
        "com.au": ("https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
        "jp": ("https://accounts.zoho.jp", "https://www.zohoapis.jp"),
        "com.cn": ("https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
        "ca": ("https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),
        "sa": ("https://accounts.zoho.sa", "https://www.zohoapis.sa"),
    }
)
"""Where each data centre gives out tokens, and where its API is
(https://www.zoho.com/crm/developer/docs/api/v8/multi-dc.html)."""

_ZOHO_OF_COUNTRIES: Final = {"JP": "jp", "IN": "in", "AU": "com.au", "CN": "com.cn", "CA": "ca", "SA": "sa"}


@dataclass(frozen=True, slots=True)
class ZohoServer:
    """Zoho CRM, where it isn't at the data centre that an account was connected at.

    Attributes:
        accounts_url: Where it gives out tokens, without a slash at the end; "" for that of the data centre.
        api_url: Where its API is, without a version; "" for where tokens say it is.
    """

    accounts_url: str = ""
    api_url: str = ""


def zoho_data_center(country: str) -> str:
    """Return the data centre that organisations of a country usually are at."""
    return _ZOHO_OF_COUNTRIES.get(country, "com")
