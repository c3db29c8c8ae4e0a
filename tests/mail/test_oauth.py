"""Signing in with a provider: codes, consent in a browser, tokens that are renewed and taken back."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from crm_tui.clock import FrozenClock
from crm_tui.domain.actor import Actor
from crm_tui.domain.mail import AccountState, Auth, MailAccount, NewMailAccount, Provider, Sharing
from crm_tui.domain.mail_sign_ins import Flow
from crm_tui.errors import CrmError, Invalid, Misconfigured
from crm_tui.mail.authorizing import Prompt, begin, credentials_of, finish
from crm_tui.mail.errors import AuthFailed
from crm_tui.mail.oauth import OAuth
from crm_tui.mail.sign_in import Password, Server, Token
from crm_tui.mail.worker import MailWorker
from crm_tui.net.errors import LineDown, Refused
from crm_tui.net.https import post_form
from crm_tui.services.container import Services
from crm_tui.store.repositories.mail_accounts import MailAccountRepository
from tests.mail.certificates import Certificate, make_certificate
from tests.mail.provider import (
    CODE,
    PENDING,
    SLOW_DOWN,
    FakeProvider,
    Reply,
    drip,
    endless,
    garbage,
    nothing,
    redirect,
    tokens,
)
from tests.mail.scripted import ScriptedServer, Talk

NEW = NewMailAccount("a@b.example", "localhost", Sharing.PRIVATE, provider=Provider.OTHER)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def provider(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeProvider]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    with FakeProvider(certificate) as fake:
        yield fake


@pytest.fixture
async def account(services: Services, agent: Actor, provider: FakeProvider) -> MailAccount:
    services.core.allow_hosts = ("localhost",)
    services.core.sign_ins = {Provider.OTHER: provider.sign_in()}
    return await services.mail_accounts.add(agent, NEW)


class Waits:
    """Lets the clock go on instead of waiting."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self._clock.advance(seconds)


@pytest.fixture
def waits(clock: FrozenClock) -> Waits:
    return Waits(clock)


async def sealed(services: Services, account: MailAccount) -> str:
    async with services.core.store.read() as connection:
        return await MailAccountRepository(connection).secret(account.id)


async def signed_in(services: Services, agent: Actor, account: MailAccount, waits: Waits) -> MailAccount:
    prompt = await begin(services, agent, account.id)
    return await finish(services, agent, prompt, pause=waits)


async def test_a_code_is_typed_elsewhere_and_tokens_arrive(
    services: Services, agent: Actor, account: MailAccount, provider: FakeProvider, waits: Waits
) -> None:
    assert account.auth is Auth.OAUTH2
    with pytest.raises(AuthFailed):
        await credentials_of(services, account)
    prompt = await begin(services, agent, account.id)
    assert (prompt.url, prompt.code) == ("https://id.example/device", "ABCD-EFGH")
    assert prompt.expires_at == services.clock.now() + timedelta(seconds=900)
    provider.then(PENDING, nothing, SLOW_DOWN, PENDING, tokens(1))
    done = await finish(services, agent, prompt, pause=waits)
    assert waits.seconds == [5, 5, 10, 15, 15], "slower after a lost answer, slower when asked to"
    assert done.has_secret
    assert done.version > account.version, "the worker takes it up by itself"
    assert await credentials_of(services, done) == Token("a@b.example", "at1")
    form = provider.asked[-1][1]
    assert (form["client_id"], form["client_secret"], form["device_code"]) == ("crm", "geheim", "dev-1")
    stored = await sealed(services, done)
    assert "at1" not in stored + repr(prompt)
    assert "dev-1" not in repr(prompt)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((400, {"error": "access_denied"}), "not permitted"),
        ((400, {"error": "authorization_declined"}), "not permitted"),
        ((400, {"error": "expired_token"}), "expired"),
        (PENDING, "expired"),
        (
            (401, {"error": "invalid_client", "error_description": "AADSTS7000218: \x1b[2J secret\r\nx"}),
            "AADSTS",
        ),
        ((200, {"access_token": "only this", "expires_in": 1}), "understood|expired"),
        ((200, {"access_token": "at", "expires_in": "soon"}), "no lasting permission"),
    ],
)
async def test_without_consent_nothing_is_stored(
    services: Services,
    agent: Actor,
    account: MailAccount,
    provider: FakeProvider,
    waits: Waits,
    reply: Reply,
    said: str,
) -> None:
    provider.then(reply)
    with pytest.raises(AuthFailed, match=said) as caught:
        await signed_in(services, agent, account, waits)
    assert "\x1b" not in str(caught.value)
    assert await sealed(services, account) == ""


@pytest.mark.parametrize(
    "device",
    [
        (200, {}),
        (200, {**CODE, "verification_uri": "javascript:alert(1)"}),
        (200, {**CODE, "device_code": ["x"]}),
        (200, {**CODE, "device_code": "a\r\nb"}),
        (503, {"error": "x"}),
        redirect,
        garbage,
        nothing,
        endless,
    ],
)
async def test_a_provider_that_makes_no_sense_is_told(
    services: Services, agent: Actor, account: MailAccount, provider: FakeProvider, device: Reply
) -> None:
    provider.replies["/device"] = [device]
    with pytest.raises(LineDown):
        await begin(services, agent, account.id)
    assert len(provider.asked) == 1, "no redirect is followed"


def test_an_answer_that_comes_drop_by_drop_is_cut_off(provider: FakeProvider) -> None:
    provider.then(drip)
    with pytest.raises(LineDown):
        post_form(provider.sign_in().token_url, {}, ["localhost"], seconds=0.3)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/token",
        "https://localhost/token",
        "https://127.1/token",
        "https://169.254.169.254/token",
        "https://user@id.example/token",
    ],
)
def test_no_form_goes_to_a_private_or_plain_address(url: str) -> None:
    with pytest.raises(Refused):
        post_form(url, {"refresh_token": "x"})


def test_nothing_is_sent_to_an_unknown_certificate(
    provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Refused, match="certificate"):
        post_form(provider.sign_in().token_url, {"refresh_token": "x"}, ["localhost"])
    assert provider.asked == []


async def in_browser(services: Services, agent: Actor, account: MailAccount, fake: FakeProvider) -> Prompt:
    services.core.sign_ins = {Provider.OTHER: fake.sign_in(Flow.BROWSER)}
    return await begin(services, agent, account.id)


async def test_consent_in_a_browser_is_pasted_back(
    services: Services, agent: Actor, account: MailAccount, provider: FakeProvider
) -> None:
    prompt = await in_browser(services, agent, account, provider)
    assert prompt.code is None
    asked = {name: values[0] for name, values in parse_qs(urlsplit(prompt.url).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].startswith("http://127.0.0.1:")
    assert asked["login_hint"] == "a@b.example"
    provider.then(tokens(1))
    for wrong in (
        "",
        "https://id.example/",
        f"{asked['redirect_uri']}?code=4/x&state=other",
        f"{asked['redirect_uri']}?error=access_denied&state={asked['state']}",
    ):
        with pytest.raises(AuthFailed):
            await finish(services, agent, prompt, wrong)
    assert provider.asked == []
    broken = f"{asked['redirect_uri']}?state={asked['state']}\n &code=4%2Fx y".replace(" y", "")
    done = await finish(services, agent, prompt, broken)
    form = provider.asked[-1][1]
    assert (form["code"], form["redirect_uri"]) == ("4/x", asked["redirect_uri"])
    assert len(form["code_verifier"]) >= 43
    assert done.has_secret
    await finish(services, agent, prompt, "4/y")
    assert provider.asked[-1][1]["code"] == "4/y"


async def test_an_access_token_is_renewed_before_it_ends_and_a_new_refresh_token_is_stored_at_once(
    services: Services,
    agent: Actor,
    account: MailAccount,
    provider: FakeProvider,
    clock: FrozenClock,
    waits: Waits,
) -> None:
    provider.then(tokens(1))
    account = await signed_in(services, agent, account, waits)
    clock.advance(3600 - 301)
    assert (await credentials_of(services, account)).secret == "at1"
    clock.advance(2)
    provider.then(tokens(2), tokens(3, refresh_token=None), tokens(4))
    both = await asyncio.gather(credentials_of(services, account), credentials_of(services, account))
    assert [one.secret for one in both] == ["at2", "at2"], "asked for once"
    assert (await services.mail_tokens.stored(account)).refresh == "rt2"
    assert (await credentials_of(services, account, renew=True)).secret == "at3"
    assert provider.asked[-1][1]["refresh_token"] == "rt2"
    assert (await services.mail_tokens.stored(account)).refresh == "rt2", "kept where none comes"
    assert (await services.mail_accounts.get(agent, account.id)).version == account.version


async def test_two_processes_that_renew_at_once_both_go_on(
    services: Services,
    agent: Actor,
    account: MailAccount,
    provider: FakeProvider,
    clock: FrozenClock,
    waits: Waits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider.then(tokens(1))
    account = await signed_in(services, agent, account, waits)
    clock.advance(4000)
    other = Services.on(replace(services.core))
    refresh = OAuth.refresh

    def late(oauth: OAuth, *args: object) -> object:
        monkeypatch.setattr(OAuth, "refresh", refresh)
        provider.then(tokens(2), (400, {"error": "invalid_grant"}))
        asyncio.run_coroutine_threadsafe(credentials_of(other, account), loop).result(10)
        return refresh(oauth, *args)  # type: ignore[arg-type]

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(OAuth, "refresh", late)
    assert (await credentials_of(services, account)).secret == "at2"


async def test_a_permission_that_was_taken_back_stops_the_account_with_plain_words(
    services: Services,
    agent: Actor,
    account: MailAccount,
    provider: FakeProvider,
    clock: FrozenClock,
    waits: Waits,
) -> None:
    provider.then(tokens(1))
    account = await signed_in(services, agent, account, waits)
    clock.advance(4000)
    provider.then((400, {"error": "invalid_grant", "error_description": "Token has been revoked."}))
    worker = MailWorker(services, agent, "worker 1", ["localhost"])
    with pytest.raises(AuthFailed):
        await worker.once(account)
    stopped = await services.mail_accounts.get(agent, account.id)
    assert stopped.state is AccountState.REFUSED
    assert "no longer permits" in stopped.state_detail


async def test_tokens_are_shown_to_no_other_provider(
    services: Services,
    agent: Actor,
    account: MailAccount,
    provider: FakeProvider,
    clock: FrozenClock,
    waits: Waits,
) -> None:
    provider.then(tokens(1))
    account = await signed_in(services, agent, account, waits)
    clock.advance(4000)
    asked = len(provider.asked)
    elsewhere = replace(provider.sign_in(), token_url=provider.sign_in().device_url)
    services.core.sign_ins = {Provider.OTHER: elsewhere}
    with pytest.raises(Refused):
        await credentials_of(services, account)
    services.core.sign_ins = {}
    with pytest.raises(AuthFailed, match="isn't set up"):
        await credentials_of(services, account)
    with pytest.raises(Misconfigured):
        await begin(services, agent, account.id)
    assert len(provider.asked) == asked
    changed = await services.mail_accounts.change(agent, account.id, {"provider": Provider.GOOGLE})
    assert not changed.has_secret


async def test_an_account_goes_back_to_a_password_and_asks_for_no_consent(
    services: Services, agent: Actor, account: MailAccount, provider: FakeProvider
) -> None:
    changed = await services.mail_accounts.change(agent, account.id, {"provider": ""})
    assert (changed.auth, changed.provider) == (Auth.PASSWORD, Provider.NONE)
    with pytest.raises(Invalid):
        await begin(services, agent, account.id)
    again = await services.mail_accounts.set_password(agent, account.id, "x")
    assert await credentials_of(services, again) == Password("a@b.example", "x")
    with pytest.raises(CrmError):
        await services.mail_accounts.change(agent, account.id, {"auth": Auth.OAUTH2})


async def test_a_token_the_mail_server_refuses_is_renewed_once(
    services: Services,
    agent: Actor,
    account: MailAccount,
    provider: FakeProvider,
    certificate: Certificate,
    waits: Waits,
) -> None:
    def script(talk: Talk) -> None:
        talk.say(b"* OK hello")
        talk.capabilities(b"AUTH=XOAUTH2")
        tag, command = talk.hear()
        assert command == b"AUTHENTICATE XOAUTH2"
        talk.say(b"+ ")
        answer, _rest = talk.hear()
        if answer == b"dXNlcj1hQGIuZXhhbXBsZQFhdXRoPUJlYXJlciBhdDIBAQ==":
            talk.say(tag + b" OK in")
            talk.capabilities(b"")
            tag, _list = talk.hear()
            talk.say(tag + b" OK no folders")
            talk.close()
            return
        talk.say(b"+ eyJzdGF0dXMiOiI0MDAifQ==")
        assert talk.hear() == (b"", b""), "an empty line"
        talk.say(tag + b" NO [AUTHENTICATIONFAILED] bad token \x1b[2J")

    provider.then(tokens(1), tokens(2))
    with ScriptedServer(script, certificate.server_context()) as server:
        account = await services.mail_accounts.change(agent, account.id, {"port": server.port})
        account = await signed_in(services, agent, account, waits)

        def make_server(one: MailAccount, allowed: object) -> Server:
            return Server(
                "localhost", server.port, one.tls, ["localhost"], certificate.client_context(), 5, 5
            )

        worker = MailWorker(services, agent, "worker 1", ["localhost"], make_server=make_server)
        assert await worker.once(account) == 0
        assert [form.get("grant_type") for path, form in provider.asked if path == "/token"][1:] == [
            "refresh_token"
        ]
        provider.then(tokens(3))
        await credentials_of(services, account, renew=True)
        with pytest.raises(AuthFailed, match="bad token") as caught:
            await worker.once(account)
        assert "\x1b" not in str(caught.value)
