"""Where the mail of well-known providers is, so that nobody has to look up hosts and ports.

Sources: Mozilla's ISPDB (Gmail, Microsoft, Yahoo, iCloud, OCN's SMTP) and the providers' own pages on
mail programs. Where a provider isn't known, ``imap.`` and ``smtp.`` before the domain are the best guess
(RFC 8314 recommends implicit TLS at 993 and 465).
"""

from dataclasses import dataclass
from typing import Final

from crm_tui.domain.mail import Provider, Tls
from crm_tui.i18n import N_

_APP_PASSWORD = N_("it asks for an app password, which you make on its website.")
_SWITCHED_ON = N_("allow IMAP on its website first.")
_OTHER_LOGIN = N_("the login is not the address; it stands on its website.")


@dataclass(frozen=True, slots=True)
class MailServers:
    """Where to fetch and where to send.

    Attributes:
        provider: Its name; "" for a guess.
        tokens: Who gives tokens instead of a password; NONE where there are none.
        takes_passwords: Whether a password, or an app password, is possible at all.
        login_is_address: False where the login is something else, which only the agent knows.
        advice: What to know before, marked for translation; "" if nothing.
    """

    host: str
    smtp_host: str
    provider: str = ""
    port: int = 993
    tls: Tls = Tls.IMPLICIT
    smtp_port: int = 465
    smtp_tls: Tls = Tls.IMPLICIT
    tokens: Provider = Provider.NONE
    takes_passwords: bool = True
    login_is_address: bool = True
    advice: str = ""


def _microsoft() -> MailServers:
    return MailServers(
        "outlook.office365.com",
        "smtp.office365.com",
        "Microsoft",
        smtp_port=587,
        smtp_tls=Tls.STARTTLS,
        tokens=Provider.MICROSOFT,
        takes_passwords=False,
        advice=N_("it takes no passwords any more; you sign in on its website after saving."),
    )


_PROVIDERS: Final[tuple[tuple[MailServers, tuple[str, ...]], ...]] = (
    (
        MailServers(
            "imap.gmail.com",
            "smtp.gmail.com",
            "Gmail",
            tokens=Provider.GOOGLE,
            advice=N_("it asks for an app password, or you choose to sign in on its website."),
        ),
        ("gmail.com", "googlemail.com"),
    ),
    (
        _microsoft(),
        (
            *("outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp", "live.com", "live.jp", "msn.com"),
            *("live.co.jp", "office365.com", "onmicrosoft.com", "hotmail.co.uk", "live.co.uk"),
        ),
    ),
    (
        MailServers("imap.mail.yahoo.co.jp", "smtp.mail.yahoo.co.jp", "Yahoo! JAPAN", advice=_SWITCHED_ON),
        ("yahoo.co.jp", "ymail.ne.jp", "ybb.ne.jp"),
    ),
    (
        MailServers("imap.mail.yahoo.com", "smtp.mail.yahoo.com", "Yahoo", advice=_APP_PASSWORD),
        ("yahoo.com", "ymail.com", "rocketmail.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr"),
    ),
    (
        MailServers(
            "imap.mail.me.com",
            "smtp.mail.me.com",
            "iCloud",
            smtp_port=587,
            smtp_tls=Tls.STARTTLS,
            advice=_APP_PASSWORD,
        ),
        ("icloud.com", "me.com", "mac.com"),
    ),
    (MailServers("imap.nifty.com", "smtp.nifty.com", "@nifty"), ("nifty.com",)),
    (MailServers("imap.ocn.ne.jp", "smtp.ocn.ne.jp", "OCN"), ("ocn.ne.jp", "ocn.ad.jp")),
    (
        MailServers(
            "imap.so-net.ne.jp",
            "mail.so-net.ne.jp",
            "So-net",
            smtp_port=587,
            smtp_tls=Tls.STARTTLS,
            advice=_SWITCHED_ON,
        ),
        ("so-net.ne.jp",),
    ),
    (MailServers("mail.biglobe.ne.jp", "mail.biglobe.ne.jp", "BIGLOBE"), ("biglobe.ne.jp",)),
    (
        MailServers(
            "imap.spmode.ne.jp", "smtp.spmode.ne.jp", "docomo", login_is_address=False, advice=_OTHER_LOGIN
        ),
        ("docomo.ne.jp", "spmode.ne.jp"),
    ),
    (
        MailServers(
            "imap.ezweb.ne.jp", "smtp.ezweb.ne.jp", "au", login_is_address=False, advice=_OTHER_LOGIN
        ),
        ("au.com", "ezweb.ne.jp"),
    ),
    (
        MailServers(
            "imap.softbank.jp", "smtp.softbank.jp", "SoftBank", login_is_address=False, advice=_OTHER_LOGIN
        ),
        ("i.softbank.jp", "softbank.ne.jp"),
    ),
    (
        MailServers("imap.fastmail.com", "smtp.fastmail.com", "Fastmail", advice=_APP_PASSWORD),
        ("fastmail.com", "fastmail.fm"),
    ),
    (MailServers("imap.zoho.com", "smtp.zoho.com", "Zoho Mail", advice=_SWITCHED_ON), ("zoho.com",)),
    (MailServers("imap.zoho.jp", "smtp.zoho.jp", "Zoho Mail", advice=_SWITCHED_ON), ("zoho.jp",)),
)

_BY_DOMAIN: Final = {domain: servers for servers, domains in _PROVIDERS for domain in domains}


def servers_of(address: str) -> MailServers | None:
    """Return where the mail of an address probably is; None as long as it has no domain.

    Args:
        address: As far as it has been typed.
    """
    domain = address.rpartition("@")[2].strip().rstrip(".").lower() if "@" in address else ""
    if "." not in domain or domain.startswith("."):
        return None
    # Customers of some providers have domains below its own: taro@juno.ocn.ne.jp.
    labels = domain.split(".")
    for place in range(len(labels) - 1):
        if known := _BY_DOMAIN.get(".".join(labels[place:])):
            return known
    return MailServers(f"imap.{domain}", f"smtp.{domain}")
