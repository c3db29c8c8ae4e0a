"""What a report is limited to: agents, teams, codes and hours as somebody named them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_tui.domain.picklists import Choice, Picklists
from crm_tui.domain.reports import By, Filters
from crm_tui.errors import Invalid
from crm_tui.i18n import _, language
from crm_tui.store.repositories.users import UserRow

_HOURS = 24


@dataclass(frozen=True, slots=True)
class Limits:
    """What a report is limited to.

    Attributes:
        keys: The keys of rows that count, as they were named.
        labels: What an agent reads of them.
        values: By column of the store, the values that count.
    """

    keys: Filters
    labels: Mapping[By, str]
    values: Mapping[str, Sequence[str]]

    @property
    def shown(self) -> dict[By, tuple[str, str]]:
        """Key and label of each."""
        return {by: (self.keys[by], self.labels[by]) for by in self.keys}


def limits_of(filters: Filters, users: Sequence[UserRow], picklists: Picklists) -> Limits:
    """Return what ``filters`` mean; agents and teams are named by name, choices by code or label.

    Raises:
        Invalid: There is no such agent, team, choice or hour, with the reason for it.
    """
    keys: dict[By, str] = {}
    labels: dict[By, str] = {}
    values: dict[str, Sequence[str]] = {}
    for by, text in filters.items():
        if by is By.AGENT:
            user = _agent(users, text)
            keys[by], labels[by] = user.name, user.display_name
            _narrow(values, [user.id])
        elif by is By.TEAM:
            keys[by] = labels[by] = team = _team(users, text)
            _narrow(values, [user.id for user in users if (user.team or "") == team])
        elif by is By.HOUR:
            keys[by] = hour = _hour(text)
            labels[by] = f"{hour}:00"
        else:
            choice = _choice(picklists, by, text)
            keys[by], labels[by] = choice.code, choice.label(language())
            values[by.value] = [choice.code]
    return Limits(keys, labels, values)


def _narrow(values: dict[str, Sequence[str]], owners: Sequence[str]) -> None:
    """Limit calls to those of some agents, who must be in the team too if one was named."""
    known = values.get("owner_id")
    values["owner_id"] = owners if known is None else [one for one in owners if one in known]


def _agent(users: Sequence[UserRow], text: str) -> UserRow:
    """Return the user of a name; one who was disabled has calls too."""
    wanted = text.strip().casefold()
    found = [user for user in users if wanted in (user.name.casefold(), user.id)]
    found = found or [u for u in users if wanted in (u.display_name.casefold(), u.email.casefold())]
    if wanted and len(found) == 1:
        return found[0]
    if wanted and found:
        raise _refused(By.AGENT, _("Several users are called “%(text)s”.") % {"text": text})
    raise _refused(By.AGENT, _("There is no user “%(text)s”.") % {"text": text})


def _team(users: Sequence[UserRow], text: str) -> str:
    wanted = text.strip().casefold()
    found = {user.team for user in users if user.team and user.team.casefold() == wanted}
    if wanted and not found:
        raise _refused(By.TEAM, _("There is no team “%(text)s”.") % {"text": text})
    return found.pop() if found else ""


def _hour(text: str) -> str:
    plain = text.strip().removesuffix(":00")
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= 2 and int(plain) < _HOURS):
        raise _refused(By.HOUR, _("An hour is a number from 0 to 23."))
    return f"{int(plain):02d}"


def _choice(picklists: Picklists, by: By, text: str) -> Choice:
    wanted = text.strip().casefold()
    if not wanted:
        return Choice("", "", "")
    for choice in picklists.every(f"call_{by.value}"):
        if wanted in (choice.code, choice.label_en.casefold(), choice.label_ja.casefold()):
            return choice
    raise _refused(by, _("There is no “%(text)s” in the pick-list.") % {"text": text})


def _refused(by: By, reason: str) -> Invalid:
    return Invalid(reason, fields={by.value: reason})
