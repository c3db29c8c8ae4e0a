"""What can be configured: one table of options, with the check and the default of each."""

from dataclasses import dataclass
from typing import Any

from crm_tui.config_checks import (
    Check,
    boolean,
    day_span,
    dial_command,
    directory,
    file_path,
    host_list,
    hour,
    https_url,
    one_of,
    optional_server_url,
    region,
    server_url,
    store_url,
    time_zone,
    words,
)
from crm_tui.i18n import LANGUAGES, N_

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
THEMES = ("dark", "light", "high-contrast")
BORDERS = ("unicode", "ascii")
LOG_LEVELS = ("debug", "info", "warning", "error")
KEYS_SECTION = "keys"


@dataclass(frozen=True, slots=True)
class Option:
    """One key of the configuration.

    Attributes:
        key: ``section.name``.
        variable: The environment variable that sets it, "" for none.
        default: Its value when nobody sets it.
        check: Turns a value from TOML, a variable or a flag into the option's own type, or raises Refused.
        summary: What it does, for the template and the manual.
        file_only: It starts a program, so that it is taken only from a file that nobody else can write.
        is_secret: It is never shown.
    """

    key: str
    variable: str
    default: Any
    check: Check
    summary: str
    file_only: bool = False
    is_secret: bool = False


OPTIONS: tuple[Option, ...] = (
    Option(
        "ui.language",
        "CRM_TUI_LANG",
        "",
        one_of("", *LANGUAGES),
        N_("Language of the console; empty: that of the system."),
    ),
    Option("ui.theme", "CRM_TUI_THEME", THEMES[0], one_of(*THEMES), N_("Colours.")),
    Option(
        "ui.borders",
        "CRM_TUI_BORDERS",
        BORDERS[0],
        one_of(*BORDERS),
        N_("Lines and signs; ascii for terminals that lack them."),
    ),
    Option("ui.bell", "CRM_TUI_BELL", True, boolean, N_("Whether the terminal rings when a reminder comes.")),
    Option("ui.mouse", "CRM_TUI_MOUSE", False, boolean, N_("Whether the mouse is used.")),
    Option(
        "store.url",
        "CRM_TUI_STORE",
        "",
        store_url,
        N_("Where the records are; empty: a file of your own."),
    ),
    Option(
        "locale.region",
        "CRM_TUI_REGION",
        "JP",
        region,
        N_("Country of phone numbers that are written without one."),
    ),
    Option(
        "locale.time_zone",
        "CRM_TUI_TIME_ZONE",
        "",
        time_zone,
        N_("Time zone of what is shown; empty: that of the system."),
    ),
    Option(
        "locale.week_start",
        "CRM_TUI_WEEK_START",
        WEEKDAYS[0],
        one_of(*WEEKDAYS),
        N_("Weekday that weeks of the calendar begin with."),
    ),
    Option(
        "locale.first_hour",
        "CRM_TUI_FIRST_HOUR",
        "8",
        hour,
        N_("Hour that a day of the calendar is shown from; earlier ones are scrolled to."),
    ),
    Option(
        "mail.allow_hosts",
        "CRM_TUI_MAIL_ALLOW_HOSTS",
        (),
        host_list,
        N_("Private addresses that mail and synchronisation may connect to."),
    ),
    Option(
        "mail.key_file",
        "CRM_TUI_MAIL_KEY_FILE",
        "",
        file_path,
        N_("Keys of sealed mail passwords; empty: a file beside the store."),
    ),
    Option(
        "mail.microsoft_client_id",
        "CRM_TUI_MAIL_MICROSOFT_CLIENT_ID",
        "",
        words,
        N_("Id of this program as it is registered with Microsoft; empty: no sign-in with Microsoft 365."),
    ),
    Option(
        "mail.microsoft_tenant",
        "CRM_TUI_MAIL_MICROSOFT_TENANT",
        "common",
        directory,
        N_("Directory whose accounts may sign in: common for all, organizations, or the id of one."),
    ),
    Option(
        "mail.microsoft_flow",
        "CRM_TUI_MAIL_MICROSOFT_FLOW",
        "device",
        one_of("device", "browser"),
        N_("How one signs in: device by a short code, browser where the directory forbids that."),
    ),
    Option(
        "mail.google_client_id",
        "CRM_TUI_MAIL_GOOGLE_CLIENT_ID",
        "",
        words,
        N_("Id of this program as it is registered with Google; empty: no sign-in with Google."),
    ),
    Option(
        "mail.google_client_secret",
        "CRM_TUI_MAIL_GOOGLE_CLIENT_SECRET",
        "",
        words,
        N_("What Google calls the secret of the program."),
        is_secret=True,
    ),
    Option(
        "mail.oauth_client_id",
        "CRM_TUI_MAIL_OAUTH_CLIENT_ID",
        "",
        words,
        N_("Id of this program with another provider of OAuth 2."),
    ),
    Option(
        "mail.oauth_client_secret",
        "CRM_TUI_MAIL_OAUTH_CLIENT_SECRET",
        "",
        words,
        N_("Its secret there; empty: none."),
        is_secret=True,
    ),
    Option(
        "mail.oauth_device_url",
        "CRM_TUI_MAIL_OAUTH_DEVICE_URL",
        "",
        https_url,
        N_("Where it gives out device codes; empty: one signs in with a browser."),
    ),
    Option(
        "mail.oauth_authorization_url",
        "CRM_TUI_MAIL_OAUTH_AUTHORIZATION_URL",
        "",
        https_url,
        N_("Its page of consent, for signing in with a browser."),
    ),
    Option(
        "mail.oauth_token_url",
        "CRM_TUI_MAIL_OAUTH_TOKEN_URL",
        "",
        https_url,
        N_("Where it gives out tokens."),
    ),
    Option(
        "mail.oauth_scopes",
        "CRM_TUI_MAIL_OAUTH_SCOPES",
        "",
        words,
        N_("What one permits there, parted by spaces; it must cover IMAP, SMTP and a lasting permission."),
    ),
    Option(
        "outlook.client_id",
        "CRM_TUI_OUTLOOK_CLIENT_ID",
        "",
        words,
        N_("Id of this program as it is registered with Microsoft; empty: that of mail."),
    ),
    Option(
        "outlook.tenant",
        "CRM_TUI_OUTLOOK_TENANT",
        "common",
        directory,
        N_("Directory whose accounts may connect Outlook: common for all, organizations, or the id of one."),
    ),
    Option(
        "outlook.graph_url",
        "CRM_TUI_OUTLOOK_GRAPH_URL",
        "https://graph.microsoft.com",
        server_url,
        N_("Where Microsoft Graph is; clouds of states have their own."),
    ),
    Option(
        "outlook.login_url",
        "CRM_TUI_OUTLOOK_LOGIN_URL",
        "https://login.microsoftonline.com",
        server_url,
        N_("Where Microsoft gives out tokens for it."),
    ),
    Option(
        "outlook.window",
        "CRM_TUI_OUTLOOK_WINDOW",
        "30,180",
        day_span,
        N_("How many days back and ahead calendar events of Outlook are taken over."),
    ),
    Option(
        "zoho.accounts_url",
        "CRM_TUI_ZOHO_ACCOUNTS_URL",
        "",
        optional_server_url,
        N_("Where Zoho gives out tokens; empty: the data centre that is chosen when one connects."),
    ),
    Option(
        "zoho.api_url",
        "CRM_TUI_ZOHO_API_URL",
        "",
        optional_server_url,
        N_("Where the API of Zoho CRM is; empty: that of the data centre."),
    ),
    Option(
        "dial.command",
        "",
        "",
        dial_command,
        N_("Program that dials a number, such as asterisk-dial --to {number}; empty: none."),
        file_only=True,
    ),
    Option(
        "dial.copy",
        "CRM_TUI_DIAL_COPY",
        False,
        boolean,
        N_("Whether F2 copies the number as tel: where no program dials it."),
    ),
    Option(
        "log.level",
        "CRM_TUI_LOG_LEVEL",
        "info",
        one_of(*LOG_LEVELS),
        N_("How much the log file tells."),
    ),
)

BY_KEY = {option.key: option for option in OPTIONS}

FILE_ONLY = frozenset(option.key for option in OPTIONS if option.file_only)
"""Options that start a program."""

SECRETS = frozenset(option.key for option in OPTIONS if option.is_secret)
"""Options that are never shown."""
