"""``crm-tui mail to-lead|to-contact|to-case|add|remove|settings``: mail and the records it belongs to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from crm_tui.commands.answer import Answer, Table
from crm_tui.commands.duplicates import likely_duplicates, warning_text, warnings_json
from crm_tui.commands.framework import CrmCommand, option
from crm_tui.commands.invocation import Invocation
from crm_tui.commands.mail_json import mail_answer
from crm_tui.commands.mail_naming import find_mail
from crm_tui.commands.naming import find_ref
from crm_tui.commands.records import saved_answer
from crm_tui.commands.session import Session, in_session
from crm_tui.commands.values import field_values
from crm_tui.domain.mail_settings import UNKNOWN_LABELS, MailSettings, Unknown
from crm_tui.domain.modules import SINGULAR, Module
from crm_tui.errors import Ambiguous, Invalid, NotFound
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from crm_tui.domain.records import Ref
    from crm_tui.services.records import Saved

_ADDED_TO = (Module.CONTACT, Module.LEAD, Module.DEAL)
_DEFAULT = "default"
_YES_NO = {"yes": True, "no": False, _DEFAULT: None}
_LISTED = 10

_sets = option(
    "--set",
    "pairs",
    multiple=True,
    metavar="FIELD=VALUE",
    help=N_("Instead of what the mail says; repeat it."),
)


def _person_command(module: Module, text: str) -> click.Command:
    """Return the command that makes a lead or a contact of a mail."""

    @click.command(f"to-{module.value}", cls=CrmCommand, help=text)
    @click.argument("name", metavar="MAIL")
    @_sets
    @click.pass_obj
    def make(invocation: Invocation, name: str, pairs: tuple[str, ...]) -> Answer:
        values = field_values(module, pairs)

        async def work(session: Session) -> Answer:
            mail_id = await find_mail(session, name)
            return await _made(session, await _person(session, mail_id, module, values))

        return in_session(invocation, work, writes=True)

    return make


to_lead = _person_command(
    Module.LEAD,
    N_("Make a lead of a mail, by its sender, signature and subject; the mail is on the lead then."),
)
to_contact = _person_command(
    Module.CONTACT,
    N_("Make a contact of a mail, by its sender and signature; the mail is on the contact then."),
)


@click.command(
    "to-case",
    cls=CrmCommand,
    help=N_(
        "Make a case of a mail: its address, the contact who has it, subject and text.\n"
        "Where nobody has the address, --new-contact makes the contact first."
    ),
)
@click.argument("name", metavar="MAIL")
@option("--new-contact", is_flag=True, help=N_("Make the contact of the mail where there is none."))
@_sets
@click.pass_obj
def to_case(invocation: Invocation, name: str, new_contact: bool, pairs: tuple[str, ...]) -> Answer:
    """Make a case of a mail."""
    values = field_values(Module.CASE, pairs)

    async def work(session: Session) -> Answer:
        service, actor = session.services.mail_records, session.actor
        mail_id = await find_mail(session, name)
        wanted = {**await service.case_values(actor, mail_id), **values}
        if not wanted.get("contact") and new_contact:
            wanted["contact"] = (await _person(session, mail_id, Module.CONTACT, {})).record.ref
        try:
            saved = await service.to_case(actor, mail_id, wanted)
        except Invalid as error:
            if wanted.get("contact"):
                raise
            hint = _("Make it with --new-contact, or name one with --set contact=…")
            raise Invalid(error.message, hint, fields=error.fields) from error
        return saved_answer(session, saved.record, saved.ignored)

    return in_session(invocation, work, writes=True)


@click.command(
    "add",
    cls=CrmCommand,
    help=N_(
        "Add a mail to a lead, a contact or a deal; without RECORD to that of its sender.\n"
        "Where nobody has the address of the sender, what happens is said by “crm-tui mail settings”."
    ),
)
@click.argument("name", metavar="MAIL")
@click.argument("record", metavar="RECORD", required=False)
@option("--find", is_flag=True, help=N_("RECORD is part of a name, a company, an address or a number."))
@click.pass_obj
def add(invocation: Invocation, name: str, record: str | None, find: bool) -> Answer:
    """Add a mail to a record."""
    if find and record is None:
        raise click.UsageError(_("--find needs something to look for."))

    async def work(session: Session) -> Answer:
        service, actor = session.services.mail_records, session.actor
        mail_id = await find_mail(session, name)
        notes: tuple[str, ...] = ()
        if record is None:
            added = await service.add_to_sender(actor, mail_id)
            if not added.records:
                notes = (_("Nobody has the address, and the settings make nobody. Nothing was added."),)
            elif added.created is not None:
                made = {"module": _(SINGULAR[added.created.module]), "name": added.created.name}
                notes = (_("%(module)s created: %(name)s") % made,)
        else:
            ref = await (_found(session, record) if find else find_ref(session, record, _ADDED_TO))
            await service.add(actor, mail_id, ref)
        answer = mail_answer(session, await session.services.mail_messages.get(actor, mail_id))
        return replace(answer, notes=(*answer.notes, *notes))

    return in_session(invocation, work, writes=True)


@click.command(
    "remove", cls=CrmCommand, help=N_("Take a mail away from a record that it was added to by hand.")
)
@click.argument("name", metavar="MAIL")
@click.argument("record", metavar="RECORD")
@click.pass_obj
def remove(invocation: Invocation, name: str, record: str) -> Answer:
    """Take a mail away from a record."""

    async def work(session: Session) -> Answer:
        mail_id = await find_mail(session, name)
        ref = await find_ref(session, record, _ADDED_TO)
        return mail_answer(session, await session.services.mail_records.remove(session.actor, mail_id, ref))

    return in_session(invocation, work, writes=True)


@click.command(
    "settings",
    cls=CrmCommand,
    help=N_("Show or change what happens with mail of unknown people and with mail that you send."),
)
@option(
    "--unknown",
    type=click.Choice([*(one.value for one in Unknown), _DEFAULT]),
    help=N_("What becomes of somebody unknown when their mail is added."),
)
@option("--add-sent", type=click.Choice(list(_YES_NO)), help=N_("Add mail that you send by itself."))
@option("--signature", metavar="TEXT", help=N_("What stands under mail that you write; “default” for none."))
@option("--everybody", is_flag=True, help=N_("For all who chose nothing themselves; administrators only."))
@click.pass_obj
def settings(
    invocation: Invocation, unknown: str | None, add_sent: str | None, signature: str | None, everybody: bool
) -> Answer:
    """Show settings, after changing those that are given."""
    given: dict[str, object] = {}
    if unknown is not None:
        given["unknown"] = None if unknown == _DEFAULT else unknown
    if add_sent is not None:
        given["add_sent"] = _YES_NO[add_sent]
    if signature is not None:
        given["signature"] = None if signature == _DEFAULT else signature

    async def work(session: Session) -> Answer:
        service, actor = session.services.mail_records, session.actor
        if given:
            now = await service.set_settings(actor, given, for_all=everybody)
        else:
            now = await (service.house_settings(actor) if everybody else service.settings(actor))
        return _settings_answer(now)

    return in_session(invocation, work, writes=bool(given))


async def _person(session: Session, mail_id: str, module: Module, values: Mapping[str, object]) -> "Saved":
    """Make a lead or contact of what a mail says, but for ``values``."""
    service, actor = session.services.mail_records, session.actor
    if module is Module.LEAD:
        return await service.to_lead(actor, mail_id, {**await service.lead_values(actor, mail_id), **values})
    return await service.to_contact(
        actor, mail_id, {**await service.contact_values(actor, mail_id), **values}
    )


async def _made(session: Session, saved: "Saved") -> Answer:
    """Return the record, with those that look like it."""
    answer = saved_answer(session, saved.record, saved.ignored)
    found = await likely_duplicates(session, saved.record)
    if not found:
        return answer
    beside = {**answer.beside, "warnings": warnings_json(found)}
    return replace(answer, beside=beside, notes=(*answer.notes, warning_text(found)))


async def _found(session: Session, text: str) -> "Ref":
    hits = await session.services.search.find(session.actor, text, _ADDED_TO)
    if not hits:
        raise NotFound(_("No lead, contact or deal fits %(text)s.") % {"text": repr(text)})
    if len(hits) > 1:
        listed = ", ".join(f"{hit.module.value}:{hit.id} ({hit.name})" for hit in hits[:_LISTED])
        raise Ambiguous(
            _("%(name)s fits several records.") % {"name": repr(text)},
            _("Give the id of one of them: %(list)s.") % {"list": listed},
        )
    return hits[0].ref


def _settings_answer(now: MailSettings) -> Answer:
    rows = [
        ("unknown", _(UNKNOWN_LABELS[now.unknown])),
        ("add_sent", _("yes") if now.add_sent else _("no")),
        ("signature", now.signature),
    ]
    chosen = sorted(now.chosen)
    table = Table((), [*rows, ("chosen", ", ".join(chosen))])
    return Answer(
        {
            "unknown": now.unknown.value,
            "add_sent": now.add_sent,
            "signature": now.signature or None,
            "chosen": chosen,
        },
        table,
    )
