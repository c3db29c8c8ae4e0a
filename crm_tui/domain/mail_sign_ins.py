"""How an agent signs in with providers whose mail servers take a token of OAuth 2 instead of a password.

Microsoft lets a program without a browser ask for access to mail (RFC 8628, *device code*). Google does not:
the scopes of its device flow leave mail out, so that consent is given in a browser anywhere, and the address
that the browser ends at is pasted here (RFC 8252, with PKCE of RFC 7636).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from crm_tui.domain.mail import Provider
from crm_tui.i18n import N_


class Flow(StrEnum):
    """How an agent gives consent.

    * DEVICE: by a short code that is typed on a page of the provider.
    * BROWSER: on a page of the provider whose last address is pasted here.
    """

    DEVICE = "device"
    BROWSER = "browser"


PROVIDER_NAMES: Final[Mapping[Provider, str]] = {
    Provider.NONE: N_("password"),
    Provider.MICROSOFT: "Microsoft 365",
    Provider.GOOGLE: "Google",
    Provider.OTHER: N_("another provider"),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where a provider gives out tokens, and as which program to ask for them.

    Attributes:
        client_id: "" where nobody has registered the program with the provider.
        client_secret: "" for none. Those of installed programs are no secrets, but are asked for.
        scopes: What the agent is asked to permit.
        more: Further fields of the page of consent.
    """

    provider: Provider
    flow: Flow
    client_id: str
    token_url: str
    device_url: str = ""
    authorization_url: str = ""
    scopes: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_host: str = "127.0.0.1"
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_set_up(self) -> bool:
        """Whether an agent can sign in this way."""
        page = self.device_url if self.flow is Flow.DEVICE else self.authorization_url
        return bool(self.client_id and self.token_url and page)


def microsoft(client_id: str, tenant: str, flow: Flow) -> SignIn:
    """Return how one signs in with Microsoft 365.

    Args:
        tenant: ``common`` for all accounts, ``organizations`` for those of work and school, or the id of a
            directory.
    """
    base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
    mail = "https://outlook.office.com"
    return SignIn(
        Provider.MICROSOFT,
        flow,
        client_id,
        f"{base}/token",
        device_url=f"{base}/devicecode",
        authorization_url=f"{base}/authorize",
        scopes=f"{mail}/IMAP.AccessAsUser.All {mail}/SMTP.Send offline_access",
        redirect_host="localhost",
    )


def google(client_id: str, client_secret: str) -> SignIn:
    """Return how one signs in with Google. Only a new consent brings a lasting token."""
    return SignIn(
        Provider.GOOGLE,
        Flow.BROWSER,
        client_id,
        "https://oauth2.googleapis.com/token",
        authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
        scopes="https://mail.google.com/",
        client_secret=client_secret,
        more={"access_type": "offline", "prompt": "consent"},
    )
