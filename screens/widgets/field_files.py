"""Files that go along with a mail: a path is typed, names are completed while it is."""

import asyncio
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from textual import events, on
from textual.content import Content
from textual.widgets import Input, OptionList

from crm_tui.domain.fields import Field
from crm_tui.domain.records import Value
from crm_tui.formats import format_size
from crm_tui.i18n import _
from crm_tui.text import safe
from screens.background import in_background
from screens.widgets.field_several import SeveralField
from screens.widgets.field_text import LineInput
from screens.widgets.form_field import FormContext

COMPLETIONS = 8
"""Names that are offered under a typed path."""

LOOKED_AT = 2_000
"""Entries of a folder that are looked at for a name."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """Something that goes along with a mail.

    Attributes:
        name: What the addressee reads.
        path: Where the file stands; "" for a part of another mail.
        size: Bytes.
        part: Id of the part of the mail that is forwarded, "" for a file.
    """

    name: str
    path: str = ""
    size: int = 0
    part: str = ""


class FilesField(SeveralField):
    """A list of files; the line above it takes the path of the next one."""

    editor: LineInput

    def __init__(self, field: Field, context: FormContext) -> None:
        super().__init__(field, context)
        self.editor = LineInput(placeholder=_("path of a file"), select_on_focus=False)
        self._added: list[AttachedFile] = []
        self._names: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[AttachedFile, ...]:
        """What was added."""
        return tuple(self._added)

    @property
    def typed(self) -> str:
        """The path that was typed and not added yet."""
        return self.editor.value.strip()

    @property
    def raw(self) -> str:
        return listed(self._added, self.typed)

    @property
    def value(self) -> object:
        return self.raw

    def write(self, value: Value) -> None:
        self.write_raw(value if isinstance(value, str) else "")

    def write_raw(self, raw: str) -> None:
        try:
            typed, *added = json.loads(raw or '[""]')
            files = [AttachedFile(str(n), str(p), int(s), str(i)) for n, p, s, i in added]
        except (ValueError, TypeError):
            typed, files = "", []
        self._show(files, str(typed))

    def attach(self, files: Sequence[AttachedFile]) -> None:
        """Add files; one that is there already isn't added twice."""
        new = [one for one in files if (one.path, one.part) not in {(a.path, a.part) for a in self._added}]
        with self.prevent(Input.Changed):
            self._show([*self._added, *new], "")
        self.note_change()

    def take_typed(self) -> bool:
        """Add the file whose path is typed; say under the field why that isn't possible.

        Returns:
            Whether nothing is left in the line.
        """
        if not self.typed:
            return True
        path = expanded(self.typed)
        try:
            if not path.is_file():
                raise FileNotFoundError
            with path.open("rb"):
                size = path.stat().st_size
        except (OSError, ValueError):
            reason = _("There is no such file, or it can't be read: %(path)s")
            self.show_error(reason % {"path": safe(self.typed, limit=200)})
            return False
        self.attach([AttachedFile(path.name, str(path.absolute()), size)])
        return True

    def understood(self) -> str:
        return _("Del takes a file out.") if self.is_among_chosen else ""

    @on(Input.Changed)
    def _typed_more(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self.editor.value:
            return
        self.note_change()
        if event.value.strip() and self.editor.has_focus:
            in_background(self.screen, f"{self.id}.names", self._complete, event.value, exclusive=True)
        else:
            self.close_list()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_list is not self._chosen:
            self._take(event.option_index)

    def take_out(self, index: int) -> int:
        left = [one for place, one in enumerate(self._added) if place != index]
        self._show(left, self.editor.value)
        self.note_change()
        return len(left)

    def on_key(self, event: events.Key) -> None:
        """Keys of the open list; Enter adds a path that is complete."""
        if not self.editor.has_focus:
            return
        if self.move_in_list(event.key) or self._took(event.key):
            event.stop()
            event.prevent_default()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leaving adds a path that is complete."""
        if event.widget is self.editor:
            self.close_list()
            self.take_typed()
        self.update_message()

    def on_descendant_focus(self) -> None:
        """Say how a file is taken out."""
        self.update_message()

    def _took(self, key: str) -> bool:
        """Take the name under the cursor, add a complete path or go to the files; False for neither."""
        place = self._list.highlighted if self._list is not None and self._list.is_open else None
        at_end = self.editor.cursor_position >= len(self.editor.value)
        if place is not None and (key == "enter" or (key == "right" and at_end)):
            self._take(place)
        elif key == "enter" and self.typed:
            self.take_typed()
        else:
            return key == "down" and self.enter_chosen()
        return True

    def _take(self, place: int) -> None:
        """Complete the path; a file is added, in a folder it goes on."""
        path = self._names[place]
        self.close_list()
        self.editor.value = path
        self.editor.cursor_position = len(path)
        if not path.endswith(os.sep):
            self.take_typed()

    async def _complete(self, text: str) -> None:
        names = await asyncio.to_thread(completions, text)
        if not self.is_attached or text != self.editor.value:
            return
        self._names = names
        if names and self.editor.has_focus:
            await self.open_list([Content(safe(_last(name), limit=200)) for name in names])
        else:
            self.close_list()

    def _show(self, added: list[AttachedFile], typed: str) -> None:
        self._added, self._names = list(added), ()
        self.close_list()
        self.editor.value = typed
        self.list_chosen([_line(one) for one in self._added])


def listed(files: Sequence[AttachedFile], typed: str = "") -> str:
    """Return files, and a path that isn't added yet, as the field takes them."""
    if not files and not typed:
        return ""
    items = [[one.name, one.path, one.size, one.part] for one in files]
    return json.dumps([typed, *items], ensure_ascii=False)


def measured(files: Sequence[AttachedFile]) -> list[AttachedFile]:
    """Return files with the sizes that they have now, without those that are gone."""
    found = []
    for one in files:
        with suppress(OSError, ValueError):
            found.append(one if one.part else replace(one, size=expanded(one.path).stat().st_size))
    return found


def expanded(typed: str) -> Path:
    """Return a typed path; ``~`` is the home of whoever runs the console.

    Raises:
        ValueError: It can't be a path.
    """
    try:
        return Path(typed).expanduser()
    except RuntimeError:
        return Path(typed)


def completions(typed: str) -> tuple[str, ...]:
    """Return paths that begin with what is typed, folders with a slash behind; hidden ones if asked for."""
    folder, name = os.path.split(typed.lstrip())
    found: list[tuple[bool, str]] = []
    try:
        with os.scandir(expanded(folder or ".")) as entries:
            for _number, entry in zip(range(LOOKED_AT), entries, strict=False):
                fits = entry.name.casefold().startswith(name.casefold())
                if fits and (name.startswith(".") or not entry.name.startswith(".")):
                    is_folder = entry.is_dir()
                    whole = os.path.join(folder, entry.name)
                    found.append((not is_folder, whole + os.sep if is_folder else whole))
    except (OSError, ValueError):
        return ()
    return tuple(path for _kind, path in sorted(found))[:COMPLETIONS]


def _last(path: str) -> str:
    name = os.path.basename(path.rstrip(os.sep))
    return f"{name}{os.sep}" if path.endswith(os.sep) else name


def _line(one: AttachedFile) -> Content:
    name = safe(one.name, limit=200)
    return Content(f"{name}  {format_size(one.size)}").stylize("$text-muted", len(name))
