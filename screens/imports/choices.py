"""What is asked about a table: what it holds, how its file is read, what happens to duplicates."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.fields import Field, FieldType
from crm_tui.domain.imports.associations import KIND as ASSOCIATIONS
from crm_tui.domain.imports.batches import DuplicatePolicy
from crm_tui.errors import Invalid
from crm_tui.i18n import N_, _
from screens.choice_modal import ChoiceModal
from screens.fields_modal import FieldsModal
from screens.imports.plan import DUPLICATES, TablePlan, kind_label, kinds_for

if TYPE_CHECKING:
    from crm_tui.app import CrmApp
    from crm_tui.sync.files.facts import FileFacts, ReadOptions
    from screens.base import CrmScreen

ENCODINGS: Final[Mapping[str, str]] = {
    "utf-8": N_("Unicode (UTF-8)"),
    "cp932": N_("Japanese, Windows (CP932)"),
    "euc_jp": N_("Japanese, Unix (EUC-JP)"),
    "utf-16": N_("Unicode (UTF-16)"),
    "iso2022_jp": N_("Japanese, mail (ISO-2022-JP)"),
    "cp1252": N_("Western, Windows (CP1252)"),
}
DELIMITERS: Final[Mapping[str, str]] = {
    ",": N_("Comma ,"),
    ";": N_("Semicolon ;"),
    "\t": N_("Tab"),
    "|": N_("Bar |"),
}
_HEADER_ROW: Final = Field("header_row", N_("Row of the headings"), FieldType.NUMBER, required=True)


async def ask_kind(screen: "CrmScreen[Any]", plan: TablePlan) -> str | None:
    """Ask what the table holds; None when the agent gives up."""
    options = [(kind, kind_label(kind)) for kind in kinds_for(screen.actor)]
    modal = ChoiceModal(_("What are the rows of this file?"), options, current=plan.kind)
    chosen: str | None = await screen.app.push_screen_wait(modal)
    return chosen


async def ask_duplicates(screen: "CrmScreen[Any]", plan: TablePlan) -> TablePlan | None:
    """Ask what happens to records that are there already; None when the agent gives up."""
    options = [(policy.value, _(label)) for policy, label in DUPLICATES.items()]
    question = _("Records that are there already?")
    modal = ChoiceModal(question, options, current=plan.duplicates.value)
    chosen = await screen.app.push_screen_wait(modal)
    return None if chosen is None else replace(plan, duplicates=DuplicatePolicy(chosen))


async def ask_encoding(app: "CrmApp", facts: "FileFacts", options: "ReadOptions") -> "ReadOptions | None":
    """Ask for the encoding of a file; None when the agent gives up."""
    choices = [(code, _(label)) for code, label in ENCODINGS.items()]
    detail = _("Choose the one with which the text makes sense.")
    modal = ChoiceModal(_("Characters of this file?"), choices, current=facts.encoding, detail=detail)
    chosen = await app.push_screen_wait(modal)
    return None if chosen is None else replace(options, encoding=chosen)


async def ask_reading(screen: "CrmScreen[Any]", plan: TablePlan) -> "TablePlan | ReadOptions | None":
    """Offer all that decides how the file is read.

    Returns:
        Options with which the file has to be read anew, or a plan that only says something else about its
        values; None when the agent gives up.
    """
    chosen = await screen.app.push_screen_wait(
        ChoiceModal(_("How is the file read?"), list(_settings(plan).items()))
    )
    if chosen == "encoding":
        return await ask_encoding(screen.app, plan.facts, plan.options)
    if chosen == "delimiter":
        return await _ask_delimiter(screen, plan)
    if chosen == "sheet":
        return await _ask_sheet(screen, plan)
    if chosen == "header_row":
        return await _ask_header_row(screen, plan)
    if chosen == "leading_zeros":
        return replace(plan, leading_zeros=not plan.leading_zeros)
    if chosen == "shorten":
        return replace(plan, shorten=not plan.shorten)
    return None


def delimiter_name(delimiter: str) -> str:
    """Return how a sign between columns is called."""
    return _(DELIMITERS[delimiter]) if delimiter in DELIMITERS else delimiter


def _settings(plan: TablePlan) -> Mapping[str, str]:
    """Return what can be set for the file, with what it is set to."""
    facts = plan.facts
    found: dict[str, str] = {}
    if facts.kind.is_text_table:
        encoding = _(ENCODINGS[facts.encoding]) if facts.encoding in ENCODINGS else facts.encoding
        found["encoding"] = _("Characters: %(value)s") % {"value": encoding}
        found["delimiter"] = _("Between columns: %(value)s") % {"value": delimiter_name(facts.delimiter)}
    if len(facts.sheets) > 1:
        found["sheet"] = _("Sheet: %(value)s") % {"value": facts.sheet}
    row = str(facts.header_row) if facts.header_row else _("none")
    found["header_row"] = _("Row of the headings: %(value)s") % {"value": row}
    if plan.kind != ASSOCIATIONS:
        zeros, cut = (_("yes") if on else _("no") for on in (plan.leading_zeros, plan.shorten))
        found["leading_zeros"] = _("Put lost zeros before telephone numbers: %(value)s") % {"value": zeros}
        found["shorten"] = _("Cut values that are too long: %(value)s") % {"value": cut}
    return found


async def _ask_delimiter(screen: "CrmScreen[Any]", plan: TablePlan) -> "ReadOptions | None":
    options = [(sign, _(label)) for sign, label in DELIMITERS.items()]
    modal = ChoiceModal(_("What stands between columns?"), options, current=plan.facts.delimiter)
    chosen = await screen.app.push_screen_wait(modal)
    return None if chosen is None else replace(plan.options, delimiter=chosen, header_row=None)


async def _ask_sheet(screen: "CrmScreen[Any]", plan: TablePlan) -> "ReadOptions | None":
    options = [(sheet, sheet) for sheet in plan.facts.sheets]
    modal = ChoiceModal(_("Which sheet?"), options, current=plan.facts.sheet)
    chosen = await screen.app.push_screen_wait(modal)
    return None if chosen is None else replace(plan.options, sheet=chosen, header_row=None)


async def _ask_header_row(screen: "CrmScreen[Any]", plan: TablePlan) -> "ReadOptions | None":
    row = plan.facts.header_row

    async def check(values: Mapping[str, object]) -> None:
        nonlocal row
        text = str(values["header_row"] or "").strip()
        if not text.isdecimal() or int(text) > 1_000:
            reason = _("A number from 0 to 1000; 0 says that there are no headings.")
            raise Invalid(reason, fields={"header_row": reason})
        row = int(text)

    detail = _("Counted from 1; 0 says that there are no headings.")
    modal = FieldsModal(
        _("Row of the headings"), detail, [_HEADER_ROW], check, {"header_row": row}, label=_("Done")
    )
    if await screen.app.push_screen_wait(modal) is not True:
        return None
    return replace(plan.options, header_row=row)
