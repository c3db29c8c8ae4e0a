"""The configuration: what wins over what, and what a slip in it says."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_tui.config import (
    Config,
    config_paths,
    config_template,
    default_store_url,
    load_config,
    preferences_path,
    redact_url,
    state_dir,
    validate,
)
from crm_tui.config_options import OPTIONS
from crm_tui.domain.mail import Provider
from crm_tui.errors import Misconfigured, Unavailable
from crm_tui.preferences import load_preferences, save_preferences

Write = Callable[[str], Path]


@pytest.fixture
def user_file() -> Write:
    """Write the user's configuration file."""

    def write(text: str) -> Path:
        path = config_paths().user
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def site_file(tmp_path: Path) -> Write:
    """Write the site's configuration file."""

    def write(text: str) -> Path:
        path = config_paths().site
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refusal(**arguments: object) -> str:
    with pytest.raises(Misconfigured) as caught:
        load_config(**arguments)  # type: ignore[arg-type]
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_without_any_file_everything_has_its_default(home: Path) -> None:
    config = load_config(environ={})
    assert (config.ui.language, config.ui.theme, config.ui.borders, config.ui.mouse) == (
        "",
        "dark",
        "unicode",
        False,
    )
    assert config.store.url == f"sqlite:///{home}/data/crm-tui/crm.db" == default_store_url()
    assert (config.locale.region, config.locale.time_zone) == ("JP", "")
    assert config.mail.allow_hosts == ()
    assert config.log.level == "info"
    assert config.keys == {}
    assert {source for _, _, source in config.rows()} == {"default"}


def test_flags_win_over_variables_over_choices_over_the_users_file_over_the_sites(
    user_file: Write, site_file: Write
) -> None:
    def theme(**arguments: object) -> tuple[str, str]:
        config = load_config(**arguments)  # type: ignore[arg-type]
        return config.ui.theme, config.sources["ui.theme"]

    site = site_file('[ui]\ntheme = "high-contrast"\n[locale]\nregion = "us"\n')
    assert theme(environ={}) == ("high-contrast", str(site))
    user = user_file('[ui]\ntheme = "light"\n')
    assert theme(environ={}) == ("light", str(user))
    save_preferences(preferences_path(), {"ui.theme": "dark"})
    assert theme(environ={}) == ("dark", str(preferences_path()))
    environ = {"CRM_TUI_THEME": "high-contrast"}
    assert theme(environ=environ) == ("high-contrast", "environment")
    overrides = {"ui.theme": "light", "ui.language": None}
    assert theme(environ=environ, overrides=overrides) == ("light", "command line")
    assert load_config(environ={}).locale.region == "US"


def test_another_file_takes_the_place_of_the_users(user_file: Write, tmp_path: Path) -> None:
    user_file('[ui]\ntheme = "light"\n')
    other = tmp_path / "other.toml"
    other.write_text("[ui]\nmouse = true\n")
    for config in (
        load_config(path=other, environ={}),
        load_config(environ={"CRM_TUI_CONFIG": str(other)}),
    ):
        assert config.ui.theme == "dark"
        assert config.ui.mouse
    assert "missing.toml: there is no such file" in refusal(path=tmp_path / "missing.toml", environ={})


def test_the_site_can_fix_an_option(user_file: Write, site_file: Write) -> None:
    site_file('locked = ["store.url"]\n[store]\nurl = "postgresql://db/crm"\n')
    assert load_config(environ={}).locked == {"store.url"}
    same = {"CRM_TUI_STORE": "postgresql://db/crm"}
    assert load_config(environ=same).store.url == "postgresql://db/crm"
    assert "store.url: the site's configuration fixes this option" in refusal(
        environ={}, overrides={"store.url": "sqlite:////tmp/crm.db"}
    )
    assert "environment: store.url" in refusal(environ={"CRM_TUI_STORE": "sqlite:////tmp/crm.db"})
    user_file('[store]\nurl = "sqlite:////tmp/crm.db"\n')
    assert "config.toml: store.url" in refusal(environ={})


def test_a_variable_cannot_lead_around_the_sites_file(
    site_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site_file('locked = ["ui.theme"]\n[ui]\ntheme = "light"\n')
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    assert load_config(environ=os.environ).locked == {"ui.theme"}


def test_a_lock_outlives_what_was_chosen_before(site_file: Write) -> None:
    save_preferences(preferences_path(), {"ui.theme": "light"})
    site_file('locked = ["ui.theme"]\n')
    assert load_config(environ={}).ui.theme == "dark"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[ui]\ntheem = "dark"\n', "config.toml: ui.theem: no such option; did you mean ui.theme?"),
        ("[wine]\nred = 1\n", "config.toml: wine.red: no such option"),
        ('locked = ["ui.theme"]\n', "config.toml: locked: no such option"),
        (
            '[ui]\ntheme = "pink"\n',
            "config.toml: ui.theme: expected one of 'dark', 'light', 'high-contrast', got 'pink'",
        ),
        ('[ui]\nmouse = "maybe"\n', "config.toml: ui.mouse: expected true or false, got 'maybe'"),
        ("[ui]\nlanguage = 3\n", "config.toml: ui.language: expected one of '', 'en', 'ja', got 3"),
        ("ui = 3\n", "config.toml: ui: no such option"),
        ("[ui]\ntheme = { a = 1 }\n", "config.toml: ui.theme: expected one of"),
        (
            '[locale]\ntime_zone = "Mars/Olympus"\n',
            "expected a time zone such as Asia/Tokyo, got 'Mars/Olympus'",
        ),
        ('[locale]\ntime_zone = "../../etc/passwd"\n', "expected a time zone such as Asia/Tokyo"),
        ('[locale]\nregion = "Japan"\n', "expected a country as two letters, such as JP, got 'Japan'"),
        ('[store]\nurl = "mysql://x"\n', "expected sqlite:////folder/crm.db or postgresql://host/database"),
        ('[mail]\nallow_hosts = "a b"\n', "expected a list of host names or addresses"),
        ("[mail]\nallow_hosts = [1]\n", "expected a list of host names or addresses, got [1]"),
        ('[mail]\noauth_token_url = "http://id.example"\n', "expected an address that begins with https://"),
        ('[mail]\noauth_token_url = "https://a@id.example/"\n', "an address that begins with https://"),
        ('[mail]\nmicrosoft_tenant = "../x"\n', "expected common, organizations, consumers"),
        ('[mail]\noauth_client_secret = "gehéim"\n', "expected letters, digits and signs, got '***'"),
        ('[keys]\nlist.open = ""\n', 'keys.list.open: expected one or more keys, such as "n,f5"'),
        ('[dial]\ncommand = "dial \'{number}"\n', "dial.command: expected a command whose quotes match"),
        ('[dial]\ncommand = "{number}"\n', "expected a program and its arguments"),
        ("[dial]\ncommand = 3\n", "expected a program and its arguments"),
        ('[dial]\ncommand = "dial {number} {shell}"\n', "expected no other placeholders than {number}"),
        ('[dial]\ncommand = "dial 117"\n', "expected {number} or {national} in an argument"),
        ("[ui\n", "config.toml: not valid TOML: Expected ']' at the end of a table declaration"),
        ('[ui]\ntheme = "\\u001b[2J"\n', r"got '\x1b[2J'"),
        ('[ui]\n"\\u001b[2J" = 1\n', r"'ui.\x1b[2J': no such option"),
    ],
)
def test_a_slip_is_named_with_its_place_and_what_is_right(user_file: Write, text: str, said: str) -> None:
    path = user_file(text)
    assert said in refusal(environ={}).replace(str(path), "config.toml")


def test_a_file_that_cannot_be_read_is_said_so(user_file: Write) -> None:
    path = user_file("")
    path.write_bytes(b'[ui]\ntheme = "\xff"\n')
    assert "not valid TOML" in refusal(environ={})
    path.unlink()
    path.mkdir()
    assert "Is a directory" in refusal(environ={})


def test_validate_names_every_problem_at_once(user_file: Write) -> None:
    user_file('[ui]\ntheme = "pink"\nfoo = 1\n[log]\nlevel = "loud"\n')
    problems = [str(problem) for problem in validate(environ={"CRM_TUI_REGION": "x"})]
    assert len(problems) == 4
    assert [problem.split(": ")[1] for problem in problems] == [
        "ui.foo",
        "ui.theme",
        "log.level",
        "locale.region",
    ]
    assert "crm-tui config validate shows 3 more." in refusal(environ={"CRM_TUI_REGION": "x"})
    user_file("")
    assert validate(environ={}) == []


def test_every_option_has_a_variable() -> None:
    environ = {
        "CRM_TUI_LANG": "ja",
        "CRM_TUI_THEME": "light",
        "CRM_TUI_BORDERS": "ascii",
        "CRM_TUI_BELL": "no",
        "CRM_TUI_WEEK_START": "sunday",
        "CRM_TUI_FIRST_HOUR": "9",
        "CRM_TUI_MOUSE": "yes",
        "CRM_TUI_STORE": "sqlite:////srv/crm.db",
        "CRM_TUI_REGION": "us",
        "CRM_TUI_TIME_ZONE": "Europe/Berlin",
        "CRM_TUI_MAIL_ALLOW_HOSTS": "127.0.0.1, ::1,mail.example",
        "CRM_TUI_MAIL_KEY_FILE": "/keys/mail.key",
        "CRM_TUI_MAIL_MICROSOFT_CLIENT_ID": "1b730954-1685-4b74-9bfd-dac224a7b894",
        "CRM_TUI_MAIL_MICROSOFT_TENANT": "organizations",
        "CRM_TUI_MAIL_MICROSOFT_FLOW": "browser",
        "CRM_TUI_MAIL_GOOGLE_CLIENT_ID": "1.apps.googleusercontent.com",
        "CRM_TUI_MAIL_GOOGLE_CLIENT_SECRET": "GOCSPX-geheim",
        "CRM_TUI_MAIL_OAUTH_CLIENT_ID": "crm",
        "CRM_TUI_MAIL_OAUTH_CLIENT_SECRET": "geheim",
        "CRM_TUI_MAIL_OAUTH_DEVICE_URL": "https://id.example/device",
        "CRM_TUI_MAIL_OAUTH_AUTHORIZATION_URL": "https://id.example/auth?x=1",
        "CRM_TUI_MAIL_OAUTH_TOKEN_URL": "https://id.example:8443/token",
        "CRM_TUI_MAIL_OAUTH_SCOPES": "imap smtp offline_access",
        "CRM_TUI_OUTLOOK_CLIENT_ID": "8a1c3a05-52a9-4b5d-9f5a-1b8a59ab2c11",
        "CRM_TUI_OUTLOOK_TENANT": "organizations",
        "CRM_TUI_OUTLOOK_GRAPH_URL": "https://graph.microsoft.us/",
        "CRM_TUI_OUTLOOK_LOGIN_URL": "http://127.0.0.1:8080",
        "CRM_TUI_OUTLOOK_WINDOW": " 7, 60",
        "CRM_TUI_ZOHO_ACCOUNTS_URL": "https://accounts.zoho.jp/",
        "CRM_TUI_ZOHO_API_URL": "http://127.0.0.1:8081",
        "CRM_TUI_DIAL_COPY": "on",
        "CRM_TUI_LOG_LEVEL": "debug",
    }
    # What starts a program is for files alone.
    assert set(environ) == {option.variable for option in OPTIONS if not option.file_only}
    config = load_config(environ=environ)
    assert config.ui.language == "ja"
    assert config.ui.borders == "ascii"
    assert config.ui.mouse
    assert not config.ui.bell
    assert config.store.url == "sqlite:////srv/crm.db"
    assert config.locale.time_zone == "Europe/Berlin"
    assert (config.locale.week_start, config.locale.first_hour) == ("sunday", "9")
    assert config.mail.allow_hosts == ("127.0.0.1", "::1", "mail.example")
    assert config.mail.key_file == "/keys/mail.key"
    assert all(sign_in.is_set_up for sign_in in config.mail.sign_ins.values())
    assert config.outlook.graph_url == "https://graph.microsoft.us"
    assert (config.outlook.days_back, config.outlook.days_ahead) == (7, 60)
    assert config.zoho.accounts_url == "https://accounts.zoho.jp"
    assert "/organizations/" in config.mail.sign_ins[Provider.MICROSOFT].token_url
    assert "geheim" not in repr(config.rows()) + repr(config.mail.sign_ins)
    assert config.dial.copy
    assert config.log.level == "debug"
    assert {source for key, _, source in config.rows() if key != "dial.command"} == {"environment"}


@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_a_program_is_only_taken_from_a_file_that_nobody_else_can_write(user_file: Write, mode: int) -> None:
    path = user_file('[dial]\ncommand = "dial {number}"\n')
    path.chmod(0o644)
    assert load_config(environ={}).dial.command == "dial {number}"
    path.chmod(mode)
    assert "dial.command: only taken from a file that nobody else can write" in refusal(environ={})


def test_no_variable_and_no_flag_starts_a_program(site_file: Write) -> None:
    assert load_config(environ={"CRM_TUI_DIAL_COMMAND": "sh {number}"}).dial.command == ""
    assert "dial.command" in refusal(environ={}, overrides={"dial.command": "sh {number}"})
    site_file('locked = ["dial.command"]\n[dial]\ncommand = "site-dial {number}"\n')
    assert load_config(environ={}).dial.command == "site-dial {number}"


def test_keys_are_taken_quoted_and_dotted(user_file: Write) -> None:
    user_file('[keys]\n"list.new" = "n, f5"\nlist.open = "enter"\n')
    assert load_config(environ={}).keys == {"list.new": "n,f5", "list.open": "enter"}


def rows(config: Config) -> dict[str, str]:
    return {key: value for key, value, _ in config.rows()}


def test_what_is_shown_hides_passwords() -> None:
    config = load_config(environ={"CRM_TUI_STORE": "postgresql://sato:p@ss/wörd@db.example:5432/crm"})
    assert rows(config)["store.url"] == "postgresql://sato:***@db.example:5432/crm"
    assert "geheim" not in refusal(environ={"CRM_TUI_STORE": "mysql://u:geheim@db/crm"})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://db/crm", "postgresql://db/crm"),
        ("postgresql://sato@db/crm", "postgresql://sato@db/crm"),
        ("postgresql://sato:@db/crm", "postgresql://sato:***@db/crm"),
        ("postgresql://db/crm?user=a&password=b%20c&x=1", "postgresql://db/crm?user=a&password=***&x=1"),
        ("postgresql://db/crm?sslPassword=b", "postgresql://db/crm?sslPassword=***"),
        ("sqlite:////home/sato/crm.db", "sqlite:////home/sato/crm.db"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert redact_url(url) == shown


def test_the_template_is_valid_and_states_the_defaults(user_file: Write) -> None:
    template = config_template()
    user_file(template)
    assert load_config(environ={}).sources == {}
    user_file(
        "\n".join(
            line.removeprefix("#") if not line.startswith("# ") else "" for line in template.splitlines()
        )
    )
    config = load_config(environ={})
    defaults = {option.key: option.default for option in OPTIONS} | {"store.url": default_store_url()}
    for option in OPTIONS:
        section, name = option.key.split(".")
        assert getattr(getattr(config, section), name) == defaults[option.key]
    assert config.keys == {"list.new": "n,f5"}


def test_a_choice_is_kept_for_this_account_alone(home: Path) -> None:
    os.umask(0)
    path = preferences_path()
    save_preferences(path, {"ui.theme": "light", "store.url": "sqlite:////x"})
    save_preferences(path, {"ui.language": "ja"})
    assert load_preferences(path) == {"ui.theme": "light", "ui.language": "ja"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(state_dir().stat().st_mode) == 0o700
    assert [found.name for found in state_dir().iterdir()] == ["preferences.json"]


@pytest.mark.parametrize(
    "found", [b"", b"[]", b"\xff", b'{"ui.theme": "pink", "ui.language": 3}', b"[" * 60_000]
)
def test_a_damaged_choice_never_stops_a_start(found: bytes) -> None:
    state_dir().mkdir(parents=True)
    preferences_path().write_bytes(found)
    assert load_config(environ={}).ui.theme == "dark"


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text('{"ui.theme": "light"}')
    state_dir().mkdir(parents=True)
    preferences_path().symlink_to(target)
    assert load_config(environ={}).ui.theme == "dark"
    save_preferences(preferences_path(), {"ui.language": "ja"})
    assert target.read_text() == '{"ui.theme": "light"}'
    assert not preferences_path().is_symlink()


def test_a_choice_that_cannot_be_kept_is_said(home: Path) -> None:
    (home / "state").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="until you close the console"):
        save_preferences(preferences_path(), {"ui.theme": "light"})


def test_the_manual_names_every_option_and_its_variable() -> None:
    manual = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"
    text = manual.read_text(encoding="utf-8")
    for option in OPTIONS:
        variable = f"`{option.variable}`" if option.variable else "none"
        assert f"| `{option.key}` | {variable} |" in text
