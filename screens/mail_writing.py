"""Writing mail: a new one, an answer, one that is sent on, one that was begun before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.addressees import typed_line
from crm_tui.domain.ids import is_id, new_id
from crm_tui.domain.mail import MailAccount, MailMessage
from crm_tui.domain.mail_writing import MailDraft, WritingKind, forwarded, reply_to
from crm_tui.domain.modules import PEOPLE, Module
from crm_tui.domain.records import Ref
from crm_tui.errors import NotFound
from crm_tui.i18n import _, ngettext
from crm_tui.text import safe
from screens.choice_modal import ChoiceModal
from screens.compose_form import Writing
from screens.compose_screen import ANSWERS, KIND, ComposeScreen
from screens.mail_addressed import address_of
from screens.mail_taken_back import TAKEN_BACK, take_out, taken_back
from screens.value_text import long_datetime
from screens.widgets.field_files import AttachedFile

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.services.drafts import Draft

DRAFTS: Final = "mail:"
"""What the names of drafts of mail begin with."""

_NEW: Final = f"{DRAFTS}new:"


async def write(app: "CrmApp", to: Ref | None) -> None:
    """Let the agent write a new mail; to be awaited in a worker.

    Args:
        to: A lead or contact it is for, or a deal whose contact it is for and that it belongs to.
    """
    with app.keys.hold():
        accounts = await sending_accounts(app)
        begun = [one for one in await begun_mails(app) if one.key.startswith(_NEW)] if to is None else []
    if not accounts:
        await _lead_to_settings(app)
        return
    if begun and not await _wants_new(app, begun):
        return
    with app.keys.hold():
        writing = await _new_writing(app, to, await _signature(app))
        await _show(app, f"{_NEW}{new_id()}", writing, accounts)


async def reply(app: "CrmApp", mail_id: str, everybody: bool = False) -> None:
    """Let the agent answer a mail; to be awaited in a worker.

    Args:
        everybody: Answer all who got it.
    """
    kind = WritingKind.REPLY_ALL if everybody else WritingKind.REPLY
    await _answer(app, mail_id, kind)


async def forward(app: "CrmApp", mail_id: str) -> None:
    """Let the agent send a mail on to somebody else; to be awaited in a worker."""
    await _answer(app, mail_id, WritingKind.FORWARD)


async def go_on(app: "CrmApp", key: str, *, as_it_was: bool = False) -> None:
    """Open a mail that was begun before; to be awaited in a worker.

    Args:
        key: Name of its draft.
        as_it_was: It is that of a mail of the outbox, and nothing of it was changed.
    """
    if _is_shown(app, key):
        return
    with app.keys.hold():
        accounts = await sending_accounts(app)
        texts = await app.services.drafts.take(app.actor, key) if accounts else None
        if texts is not None:
            taken = await taken_back(app, key, texts, as_it_was=as_it_was)
            await _show(app, key, Writing(await _outside(app, texts), taken_back=taken), accounts, texts)
    if not accounts:
        await _lead_to_settings(app)
    elif texts is None:
        app.notice(_("This mail is being written in another console, or isn't there any more."))


async def begun_mails(app: "CrmApp") -> tuple["Draft", ...]:
    """Return the mails that were begun and are neither sent nor open somewhere, the latest first."""
    open_here = {
        screen.key for stack in app.all_stacks() for screen in stack if isinstance(screen, ComposeScreen)
    }
    found: dict[str, Draft] = {}
    for one in await app.services.drafts.pending(app.actor):
        # Several consoles may have left one of the same name; the latest is the one that is gone on with.
        if one.key.startswith(DRAFTS) and not one.is_live and one.key not in open_here:
            found.setdefault(one.key, one)
    return tuple(found.values())


async def sending_accounts(app: "CrmApp") -> tuple[MailAccount, ...]:
    """Return the accounts that the agent can send from."""
    return tuple(one for one in await app.services.mail_accounts.own(app.actor) if one.is_enabled)


async def attached_parts(app: "CrmApp", draft: MailDraft) -> tuple[AttachedFile, ...]:
    """Return what goes along with a draft; parts of the mail it forwards by their names."""
    message = await _answered(app, draft.answers) if draft.attachments else None
    known = {one.part: one for one in _parts(message)} if message is not None else {}
    return tuple(
        known.get(one) or AttachedFile(one.rpartition("/")[2], one)
        for one in draft.attachments
        if one in known or not is_id(one)
    )


async def _answered(app: "CrmApp", mail_id: str | None) -> MailMessage | None:
    """Return the mail that one answers or sends on, None once the agent doesn't see it any more."""
    try:
        return await app.services.mail_messages.get(app.actor, mail_id) if mail_id else None
    except NotFound:
        return None


def _parts(message: MailMessage) -> Sequence[AttachedFile]:
    return [AttachedFile(one.name, "", one.file_size, one.id) for one in message.attachments]


async def _answer(app: "CrmApp", mail_id: str, kind: WritingKind) -> None:
    key = f"{DRAFTS}{'forward' if kind is WritingKind.FORWARD else 'reply'}:{mail_id}"
    if _is_shown(app, key):
        return
    with app.keys.hold():
        accounts = await sending_accounts(app)
        begun = [one for one in await begun_mails(app) if one.key == key]
    if not accounts:
        await _lead_to_settings(app)
        return
    if begun:
        answer = await _ask_about(app, begun[0])
        if answer == "take":
            await go_on(app, key)
        if answer != "drop":
            return
        await drop(app, key)
    with app.keys.hold():
        message = await app.services.mail_messages.get(app.actor, mail_id)
        await _show(app, key, await _answering(app, message, kind, accounts), accounts)


async def drop(app: "CrmApp", key: str) -> None:
    """Throw a mail away that was begun, with the mail of the outbox that it edits."""
    if key.startswith(TAKEN_BACK):
        await take_out(app, key.removeprefix(TAKEN_BACK))
    await app.services.drafts.take(app.actor, key)
    await app.services.drafts.discard(app.actor, key)


async def _answering(
    app: "CrmApp", message: MailMessage, kind: WritingKind, accounts: Sequence[MailAccount]
) -> Writing:
    own = [one.address for one in accounts]
    if kind is WritingKind.FORWARD:
        draft, files = forwarded(message, zone=app.zone), tuple(_parts(message))
    else:
        everybody = kind is WritingKind.REPLY_ALL
        draft, files = reply_to(message, own, everybody, zone=app.zone), ()
    draft = replace(
        draft,
        account_id=_account_of(message, accounts),
        text=_signed(draft.text, await _signature(app)),
    )
    # Whom it is sent on to is often nobody of the deal.
    deal = message.row.association.deal if kind is not WritingKind.FORWARD else None
    return Writing(draft, deal, files)


def _account_of(message: MailMessage, accounts: Sequence[MailAccount]) -> str:
    """Return the account that a mail was written to, or from."""
    named = {one.email.lower() for one in message.addresses}
    fitting = (one.id for one in accounts if one.address.lower() in named)
    return next(fitting, accounts[0].id)


async def _new_writing(app: "CrmApp", to: Ref | None, signature: str) -> Writing:
    draft = MailDraft(text=_signed("", signature))
    if to is None:
        return Writing(draft)
    person, deal = to, None
    if to.module is Module.DEAL:
        deal = to
        record = await app.services.deals.get(app.actor, to.id)
        person = record.ref_to("contact") or to
    if person.module not in PEOPLE:
        return Writing(draft)
    addressee = await address_of(app, person)
    if addressee is None:
        wish = _("%(name)s has no mail address.") % {"name": safe(person.name, limit=80)}
        return Writing(draft, wishes=(wish,))
    return Writing(replace(draft, to=typed_line((addressee,))), deal)


async def _signature(app: "CrmApp") -> str:
    return (await app.services.mail_records.settings(app.actor)).signature.strip("\n")


def _signed(text: str, signature: str) -> str:
    """Return a text with the signature under what is going to be written, above what is quoted."""
    if not signature:
        return text
    return f"\n\n-- \n{signature}\n{text}"


async def _outside(app: "CrmApp", texts: Mapping[str, str]) -> MailDraft:
    """Return what a kept mail says beside its fields; an answer to what is gone goes on as a new mail."""
    message = await _answered(app, texts.get(ANSWERS))
    kind = texts.get(KIND, "")
    if message is None or kind not in tuple(WritingKind):
        return MailDraft()
    return MailDraft(kind=WritingKind(kind), answers=message.row.id)


def _is_shown(app: "CrmApp", key: str) -> bool:
    """Bring a mail that is open in this console to the front."""
    mode = app.mode_with(lambda screen: isinstance(screen, ComposeScreen) and screen.key == key)
    if mode is None:
        return False
    app.switch_mode(mode)
    return True


async def _show(
    app: "CrmApp",
    key: str,
    writing: Writing,
    accounts: Sequence[MailAccount],
    texts: Mapping[str, str] | None = None,
) -> None:
    await app.push_screen(ComposeScreen(key, writing, accounts, texts))


async def _lead_to_settings(app: "CrmApp") -> None:
    question = _("You have no mail account that is switched on. Connect one in the mail settings?")
    if await app.confirm(question, _("Mail settings")):
        await app.open_mail_settings()


async def _wants_new(app: "CrmApp", begun: Sequence["Draft"]) -> bool:
    """Offer to go on with a mail that was begun; return whether the agent wants a new one all the same."""
    options = [("new", _("Write a new mail")), ("take", _("Go on with the latest one"))]
    if len(begun) > 1:
        options.append(("all", _("Show all of them")))
    text = ngettext(
        "There is %(number)d mail that was begun and never sent.",
        "There are %(number)d mails that were begun and never sent.",
        len(begun),
    )
    detail = described(app, begun[0])
    question = ChoiceModal(text % {"number": len(begun)}, options, detail=detail)
    chosen: str | None = await app.push_screen_wait(question)
    if chosen == "take":
        await go_on(app, begun[0].key)
    elif chosen == "all":
        await app.open_outbox()
    return chosen == "new"


async def _ask_about(app: "CrmApp", begun: "Draft") -> str | None:
    options = [("take", _("Take it up again")), ("drop", _("Drop it"))]
    question = _("There is text from before that was never sent.")
    chosen: Any = await app.push_screen_wait(
        ChoiceModal(question, options, digits=(1, None), detail=described(app, begun))
    )
    return str(chosen) if chosen is not None else None


def described(app: "CrmApp", begun: "Draft") -> str:
    """Return a mail that was begun in a few lines."""
    to, subject = (safe(begun.payload.get(name, ""), limit=70) or "–" for name in ("to", "subject"))
    when = long_datetime(begun.updated_at, app.zone)
    return "\n".join((f"{_('To')}: {to}", f"{_('Subject')}: {subject}", when))
