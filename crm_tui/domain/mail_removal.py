"""What becomes of the mail of an account that is removed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailCounts:
    """The mail of an account, counted before it is removed; each message stands in one of the numbers.

    Attributes:
        on_records: Messages of leads, contacts and deals that no other mailbox has.
        on_records_elsewhere: The same, but another mailbox has them too.
        elsewhere: Messages of nobody's that another mailbox has.
        alone: Messages of nobody's that no other mailbox has.
        unsent: Mail of its outbox that isn't sent. It stays there and is sent by nobody.
    """

    on_records: int
    on_records_elsewhere: int
    elsewhere: int
    alone: int
    unsent: int

    @property
    def stay_elsewhere(self) -> int:
        """Messages that another mailbox has too."""
        return self.on_records_elsewhere + self.elsewhere

    def deleted(self, *, all_mail: bool) -> int:
        """Return how many messages are deleted.

        Args:
            all_mail: Those of leads, contacts and deals too.
        """
        return self.alone + (self.on_records if all_mail else 0)

    def kept(self, *, all_mail: bool) -> int:
        """Return how many messages stay readable for whoever could read them by this account."""
        return 0 if all_mail else self.on_records + self.on_records_elsewhere


@dataclass(frozen=True, slots=True)
class MailRemoved:
    """What was done when an account was removed.

    Attributes:
        deleted: Messages that are gone from the CRM.
        kept: Messages of leads, contacts and deals that stay.
        unsent: Mail of its outbox that wasn't sent and stays there.
        stopped: Whoever removed it stopped between two chunks; removing it again goes on.
    """

    deleted: int
    kept: int
    unsent: int
    stopped: bool = False
