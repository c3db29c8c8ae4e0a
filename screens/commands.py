"""What the palette offers: every key that works here, every module, themes and languages."""

import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from crm_tui.domain.merging import MERGEABLE
from crm_tui.domain.modules import PEOPLE, SINGULAR, Module
from crm_tui.domain.records import Ref
from crm_tui.i18n import LANGUAGES, _
from crm_tui.policies.synchronisation import can_synchronise
from screens.base import CrmScreen
from screens.imports.plan import kinds_for
from screens.keys import BY_NAME, MODULES, is_twin
from screens.themes import LABELS

if TYPE_CHECKING:
    from crm_tui.app import CrmApp

HIDDEN_ACTIONS = frozenset({"palette", "chord", "say_how_to_quit", "help_quit", "mail_outbox"})
"""Of no use from the palette, or there anyway."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done now.

    Attributes:
        title: What it does, translated.
        keys: The keys that do the same.
        run: Does it, after the palette was closed.
        words: What else it is found by.
        detail: One sentence about it, translated.
    """

    title: str
    keys: str
    run: Callable[[], Awaitable[object] | None]
    words: str = ""
    detail: str = ""

    def matches(self, query: str) -> bool:
        """Return whether every word of ``query`` (folded) stands in the title or the other words."""
        haystack = folded(f"{self.title} {self.words}")
        return all(word in haystack for word in query.split())


def folded(text: str) -> str:
    """Return ``text`` as it is compared: width, case and kana forms don't matter."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(chr(ord(char) + 0x60) if "ぁ" <= char <= "ゖ" else char for char in plain)


def commands_for(app: "CrmApp", screen: Screen[Any]) -> list[Command]:
    """Return what can be done on ``screen`` now, what has the focus first.

    Args:
        app: The console.
        screen: The screen in front; its bindings are already translated.
    """
    return [
        *_binding_commands(app, screen),
        *_duplicate_commands(app),
        *_bin_command(app),
        *_queue_command(app),
        *_board_command(app),
        *_mail_commands(app, screen),
        *_import_commands(app, screen),
        *_sync_command(app),
        *_administration(app, screen),
        *_setting_commands(app),
    ]


def matching(commands: Sequence[Command], text: str) -> list[Command]:
    """Return the commands that fit ``text``, those whose title begins with it first."""
    query = folded(text)
    found = [command for command in commands if command.matches(query)]
    return sorted(found, key=lambda command: not folded(command.title).startswith(query))


def split_module(text: str) -> tuple[Module | None, str]:
    """Split ``contact 田中`` into the module and the rest; without a module's name return all as the rest."""
    first, _space, rest = text.partition(" ")
    word = folded(first)
    for module in (entry.module for entry in MODULES):
        if module is not None and word and word in (module.value, folded(_(SINGULAR[module]))):
            return module, rest.strip()
    return None, text


def _binding_commands(app: "CrmApp", screen: Screen[Any]) -> list[Command]:
    commands: dict[str, Command] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        name = binding.action.partition("(")[0].rpartition(".")[2]
        if (
            not active.enabled
            # The toolkit's own keys for editing and scrolling have no id.
            or not binding.id
            or not binding.description
            or binding.system
            or name in HIDDEN_ACTIONS
            or is_twin(key)
        ):
            continue
        shown = app.get_key_display(binding)
        known = commands.get(binding.action)
        commands[binding.action] = Command(
            title=binding.description if name != "open_module" else _module_title(binding.description),
            keys=shown if known is None else f"{known.keys} {shown}",
            run=partial(app.run_action, binding.action, active.node),
            words=_module_words(binding.action) if name == "open_module" else active.tooltip,
            detail=active.tooltip,
        )
    return list(commands.values())


def _module_title(name: str) -> str:
    return _("Go to: %(module)s") % {"module": name}


def _module_words(action: str) -> str:
    """Return the English names of a module, which agents who know the command line type."""
    return next((f"{name} {entry.label}" for name, entry in BY_NAME.items() if f"'{name}'" in action), "")


def _administration(app: "CrmApp", screen: Screen[Any]) -> list[Command]:
    """Return what only administrators do."""
    if not app.actor.is_admin:
        return []
    # A list, a form or a detail screen offers the fields of its own module.
    name = screen.module_name if isinstance(screen, CrmScreen) else ""
    module = BY_NAME[name].module if name in BY_NAME else None
    return [
        Command(
            _("Custom fields"),
            "",
            partial(app.open_custom_fields, module or Module.TASK),
            "custom fields",
            _("Add fields to a module, change, order and delete them."),
        )
    ]


def _bin_command(app: "CrmApp") -> list[Command]:
    if not app.services.bin.modules(app.actor):
        return []
    detail = _("Deleted records: restore them, or delete them for good.")
    return [Command(_("Bin"), "", app.open_bin, "bin deleted restore trash", detail)]


def _board_command(app: "CrmApp") -> list[Command]:
    if BY_NAME["reports"] not in app.visible_modules:
        return []
    detail = _("Who is on a call, with whom and for how long.")
    return [Command(_("Live board"), "", app.open_board, "live board supervisor agents", detail)]


def _written_to(screen: Screen[Any]) -> Ref | None:
    """Return whom a mail from a screen is for; in lists of mail nobody yet, that would be an answer."""
    if not isinstance(screen, CrmScreen) or screen.module_name == "mail":
        return None
    ref = screen.record_in_focus()
    return ref if ref is not None and ref.module in (*PEOPLE, Module.DEAL) else None


def _mail_commands(app: "CrmApp", screen: Screen[Any]) -> list[Command]:
    commands = []
    if app.actor.grant(Module.MAIL).create:
        detail = _("A new mail, to the lead, the contact or the contact of the deal in focus.")
        write = partial(app.open_compose, _written_to(screen))
        commands.append(Command(_("Write a mail"), "", write, "write mail compose new", detail))
    if app.actor.grant(Module.MAIL).view:
        detail = _("What waits, failed or may have been sent, and mail that was begun.")
        commands.append(Command(_("Outbox"), "", app.open_outbox, "outbox sending drafts failed", detail))
        detail = _("Connect mailboxes, see how they are doing, share them; signature and rules.")
        words = "mail settings accounts mailbox imap smtp signature connect"
        commands.append(Command(_("Mail accounts"), "", app.open_mail_settings, words, detail))
    return commands


def _import_commands(app: "CrmApp", screen: Screen[Any]) -> list[Command]:
    if not kinds_for(app.actor):
        return []
    # A list offers to import what it lists.
    name = screen.module_name if isinstance(screen, CrmScreen) else ""
    module = BY_NAME[name].module if name in BY_NAME else None
    new = partial(app.open_import, module.value if module is not None else "")
    detail = _("Records from a CSV or Excel file, from Outlook, vCard, iCalendar or Zoho CRM.")
    words = "import file csv xlsx excel outlook vcard ics zoho upload"
    shown = _("How imports are doing: their reports, rejected rows, going on, undoing them.")
    return [
        Command(_("Import"), "", new, words, detail),
        Command(_("Imports"), "", app.open_imports, "imports list report undo rejected resume", shown),
    ]


def _sync_command(app: "CrmApp") -> list[Command]:
    if can_synchronise(app.actor) is not True:
        return []
    detail = _("Accounts of Outlook and Zoho CRM: connect them, see how they are doing, run them.")
    words = "sync synchronisation outlook zoho microsoft graph connect account"
    return [Command(_("Synchronisation"), "", app.open_sync, words, detail)]


def _queue_command(app: "CrmApp") -> list[Command]:
    may_call = app.actor.grant(Module.CALL).create
    if not may_call or not any(app.actor.grant(module).view for module in PEOPLE):
        return []
    detail = _("The call queues that are under way: how far each is, who works in it; join one.")
    return [Command(_("Call queues"), "", app.open_queues, "call queue dialler calling list", detail)]


def _duplicate_commands(app: "CrmApp") -> list[Command]:
    visible = [entry for entry in app.visible_modules if entry.module in MERGEABLE]
    return [
        Command(
            _("Duplicates: %(module)s") % {"module": _(entry.label)},
            "",
            partial(app.open_duplicates, entry.module),
            f"duplicates merge {entry.name}",
        )
        for entry in visible
        if entry.module is not None
    ]


def _setting_commands(app: "CrmApp") -> list[Command]:
    themes = [
        Command(
            _("Theme: %(name)s") % {"name": _(label)}, "", partial(app.choose_theme, name), "theme colours"
        )
        for name, label in LABELS.items()
    ]
    languages = [
        Command(
            _("Language: %(name)s") % {"name": label},
            "",
            partial(app.choose_language, code),
            f"language 言語 {code}",
        )
        for code, label in LANGUAGES.items()
    ]
    return themes + languages
