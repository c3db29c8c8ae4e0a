"""The mail accounts of an agent in the console, on real servers."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from textual.events import Paste

from crm_tui.config import Config, load_config
from crm_tui.domain.mail import Auth, MailAccount, NewMailAccount, Provider, Sharing, Tls
from crm_tui.domain.mail_settings import Unknown
from crm_tui.domain.mail_sign_ins import Flow, SignIn
from screens.choice_modal import ChoiceModal
from screens.confirm_modal import ConfirmModal
from screens.fields_modal import FieldsModal
from screens.mail_account_form import MailAccountFormScreen
from screens.mail_settings_screen import MailSettingsScreen
from screens.mail_sign_in_modal import MailSignInModal
from screens.mail_trial_modal import MailTrialModal
from tests.mail.certificates import make_certificate
from tests.mail.conftest import dovecot, mailbox
from tests.mail.dovecot import PASSWORD, Mailbox, free_ports
from tests.mail.provider import CODE, FakeProvider, tokens
from tests.screens.conftest import Console, OpenConsole, Sample

__all__ = ["dovecot", "mailbox"]

ADDRESS = "agent@tanaka.example"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The configuration of an agent whose mail servers stand on this machine."""
    return load_config(
        overrides={
            "store.url": f"sqlite:///{tmp_path / 'crm.db'}",
            "locale.region": "JP",
            "mail.allow_hosts": ("127.0.0.1", "localhost"),
        }
    )


async def to_settings(console: Console) -> None:
    await console.app.open_mail_settings()
    await console.until_on(MailSettingsScreen)


async def accounts(console: Console) -> tuple[MailAccount, ...]:
    return await console.services.mail_accounts.own(console.actor)


async def add(console: Console, address: str = ADDRESS) -> MailAccount:
    new = NewMailAccount(address, "imap.tanaka.example", Sharing.PRIVATE, password="geheim")
    return await console.services.mail_accounts.add(console.actor, new)


def field_text(console: Console, name: str) -> str:
    screen = console.app.screen
    assert isinstance(screen, MailAccountFormScreen)
    return screen.form[name].raw


async def retype(console: Console, name: str, text: str) -> None:
    screen = console.app.screen
    assert isinstance(screen, MailAccountFormScreen)
    screen.form.focus_field(name)
    await console.press("ctrl+u")
    await console.type_text(text)


async def test_a_mailbox_is_connected_with_keys_alone(console: Console, mailbox: Mailbox) -> None:
    await console.press("ctrl+p")
    await console.type_text("mail accounts")
    await console.until_shown("Connect mailboxes")
    await console.press("enter")
    await console.until_on(MailSettingsScreen)
    await console.until_shown("Press n to connect one")
    await console.press("n")
    await console.until_on(MailAccountFormScreen)

    await console.type_text(ADDRESS)
    assert field_text(console, "host") == "imap.tanaka.example"
    assert field_text(console, "login") == ADDRESS
    await console.press("ctrl+s")
    await console.until_shown("Type the password.")
    assert "Choose who sees this mail." in console.text()

    await console.type_text("wrong")
    await console.press("tab", "2")
    await retype(console, "host", "127.0.0.1")
    await console.press("tab")
    await console.type_text(str(mailbox.server.plain_port))
    await console.press("tab", "3")
    await retype(console, "login", mailbox.user)
    await retype(console, "smtp_host", "127.0.0.1")
    await console.press("tab")
    await console.type_text(str(free_ports(1)[0]))
    await console.press("ctrl+s")
    await console.until_on(MailTrialModal)
    await console.until_shown("Login or password is refused.")
    await console.until_shown("does not answer at port")
    assert await accounts(console) == ()

    await console.press("escape")
    await console.until_on(MailAccountFormScreen)
    await retype(console, "password", PASSWORD)
    assert PASSWORD not in console.text()
    await console.press("ctrl+s")
    await console.until_on(MailTrialModal)
    await console.until_shown("connected, 2 folders")
    await console.until_shown("Nothing is saved yet.")
    await console.press("ctrl+s")
    await console.until_on(MailSettingsScreen)
    await console.until_shown(ADDRESS)
    (saved,) = await accounts(console)
    assert (saved.login, saved.sharing, saved.tls, saved.has_secret) == (
        mailbox.user,
        Sharing.SHARED,
        Tls.NONE,
        True,
    )


async def test_other_servers_ask_for_the_password_again(console: Console) -> None:
    await add(console)
    await to_settings(console)
    await console.until_shown(ADDRESS)
    await console.press("e")
    await console.until_on(MailAccountFormScreen)
    await console.until_shown("keep the stored one")
    await retype(console, "host", "imap.other.example")
    await console.until_shown("stored password is dropped")
    await console.press("ctrl+s")
    await console.until_shown("! Server or login changed")
    await retype(console, "host", "imap.tanaka.example")
    await console.until_shown("keep the stored one")

    # What only concerns colleagues is saved without a trial.
    screen = console.app.screen
    assert isinstance(screen, MailAccountFormScreen)
    screen.form.focus_field("sharing")
    await console.press("2", "ctrl+s")
    await console.until_on(MailSettingsScreen)
    (saved,) = await accounts(console)
    assert saved.sharing is Sharing.SHARED
    assert await console.services.mail_accounts.secrets.open(saved) == "geheim"


async def test_an_account_is_shared_switched_off_and_on_again(console: Console) -> None:
    await add(console)
    await to_settings(console)
    await console.until_shown(ADDRESS)
    await console.press("w")
    await console.until_on(ConfirmModal)
    await console.until_shown("Colleagues see all its mail")
    await console.press("y")
    await console.until_shown("Shared: colleagues")
    await console.press("x")
    await console.until_on(ConfirmModal)
    await console.until_shown("No mail is fetched any more")
    await console.press("y")
    await console.until_shown("✗  agent@")
    await console.press("enter")
    await console.until_on(ChoiceModal)
    assert "Look for new mail now" not in console.text()
    assert "Switch it on" in console.text()
    await console.press("5")
    await console.until_shown("with what was put to deals by hand")
    await console.press("1")
    await console.until_shown("is switched on")
    (saved,) = await accounts(console)
    assert saved.is_enabled
    assert saved.sharing is Sharing.SHARED


async def test_an_account_is_removed_once_it_is_said_what_goes(console: Console) -> None:
    await add(console)
    await to_settings(console)
    await console.until_shown(ADDRESS)
    await console.press("d")
    await console.until_on(ChoiceModal)
    await console.until_shown("Its password is erased at once")
    await console.press("enter")
    await console.until_on(MailSettingsScreen)
    assert len(await accounts(console)) == 1, "Enter leaves it as it is"
    await console.press("d")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_shown("The mailbox is removed.")
    assert await accounts(console) == ()
    await console.press("enter")
    await console.until_shown("Press n to connect one")


async def test_an_administrator_may_only_switch_off_and_remove_what_is_others(console: Console) -> None:
    services = console.services
    await services.users.add(console.actor, {"name": "mate", "profile": "agent"})
    mate = await services.users.sign_in("mate")
    theirs = NewMailAccount("mate@tanaka.example", "imap.tanaka.example", Sharing.PRIVATE, password="x")
    await services.mail_accounts.add(mate, theirs)
    await to_settings(console)
    await console.until_shown("mate@tanaka.example")
    await console.until(lambda: console.app.screen.check_action("switch", ()))
    for action in ("edit", "try", "share", "folders", "password", "sync"):
        assert not console.app.screen.check_action(action, ()), action
    await console.press("x")
    await console.until_on(ConfirmModal)
    await console.press("y")
    await console.until_shown("mate@tanaka.example is switched off")
    (found,) = await services.mail_accounts.own(mate)
    assert not found.is_enabled
    await console.until(lambda: not console.app.screen.check_action("switch", ()))
    assert console.app.screen.check_action("remove", ())


async def test_rules_and_signature_are_decided(console: Console) -> None:
    await to_settings(console)
    await console.press("m")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_on(FieldsModal)
    await console.press("3", "tab", "3", "tab")
    await console.type_text("Tanaka")
    await console.press("ctrl+s")
    await console.until_on(MailSettingsScreen)
    found = await console.services.mail_records.settings(console.actor)
    assert (found.unknown, found.add_sent, found.signature) == (Unknown.LEAD, True, "Tanaka")
    await console.press("m")
    await console.until_on(ChoiceModal)
    await console.press("1")
    await console.until_on(FieldsModal)
    await console.press("1", "tab", "1", "ctrl+s")
    await console.until_on(MailSettingsScreen)
    assert (await console.services.mail_records.settings(console.actor)).chosen == {"signature"}


@pytest.fixture
def provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    """A provider of tokens whose certificate is trusted."""
    certificate = make_certificate(tmp_path / "tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    with FakeProvider(certificate) as fake:
        fake.replies["/device"] = [(200, {**CODE, "interval": 1})]
        yield fake


async def sign_in(console: Console, by: SignIn) -> None:
    """Connect a mailbox of a provider, and begin to sign in there."""
    console.services.core.sign_ins = {Provider.OTHER: by}
    new = NewMailAccount(ADDRESS, "localhost", Sharing.PRIVATE, provider=Provider.OTHER)
    await console.services.mail_accounts.add(console.actor, new)
    await to_settings(console)
    await console.until_shown(ADDRESS)
    await console.press("i")
    await console.until_on(MailSignInModal)


async def test_signing_in_elsewhere_shows_a_code_and_closes_by_itself(
    console: Console, provider: FakeProvider
) -> None:
    await sign_in(console, provider.sign_in())
    await console.until_shown("https://id.example/device")
    await console.until_shown("A  B  C  D  -  E  F  G  H")
    await console.press("y")
    await console.until(lambda: console.app.clipboard)
    assert console.app.clipboard == "ABCD-EFGH"
    provider.then(tokens(1))
    await console.until_on(MailSettingsScreen)
    (saved,) = await accounts(console)
    assert (saved.auth, saved.has_secret) == (Auth.OAUTH2, True)


async def test_an_address_is_pasted_from_a_browser_elsewhere(
    console: Console, provider: FakeProvider
) -> None:
    await sign_in(console, provider.sign_in(Flow.BROWSER))
    await console.until_shown("paste the address of that page")
    await console.press("ctrl+y")
    await console.until(lambda: console.app.clipboard)
    state = parse_qs(urlsplit(console.app.clipboard).query)["state"][0]
    console.app.post_message(Paste("https://elsewhere.example/?code=1&state=x"))
    await console.press("enter")
    await console.until_shown("This is not the address")
    provider.then(tokens(1))
    await console.press("ctrl+u")
    console.app.post_message(Paste(f"http://127.0.0.1:50000/?code=1&state={state}"))
    await console.press("enter")
    await console.until_on(MailSettingsScreen)
    (saved,) = await accounts(console)
    assert saved.has_secret


async def test_a_program_that_nobody_registered_says_so(open_console: OpenConsole, sample: Sample) -> None:
    del sample
    async with open_console(size=(120, 40)) as console:
        await to_settings(console)
        await console.press("n")
        await console.until_on(MailAccountFormScreen)
        await console.type_text("agent@outlook.com")
        await console.until_shown("Microsoft: it takes no passwords")
        await console.until_shown("Signing in with Microsoft 365")
        assert field_text(console, "smtp_port") == "587"
