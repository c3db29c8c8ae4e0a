"""Imports of every origin, as a process works on them."""

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from crm_tui.domain.actor import Actor
from crm_tui.domain.bulk import Report
from crm_tui.domain.imports.batches import Batch, ImportJob, Origin
from crm_tui.errors import CrmError, Invalid, StoreUnavailable
from crm_tui.i18n import _
from crm_tui.mail.holder import is_gone, this_process

if TYPE_CHECKING:
    from crm_tui.services.container import Services

_log = logging.getLogger(__name__)


def job_of(services: "Services", actor: Actor, batch: Batch) -> ImportJob:
    """Return the job of a batch that was opened before, by where its records come from.

    Raises:
        Invalid: Nothing of a file is left to be taken in.
    """
    match batch.origin:
        case Origin.TABLE:
            from crm_tui.sync.tables import TableJob

            return TableJob.of_batch(services, actor, batch)
        case Origin.ASSOCIATIONS:
            from crm_tui.sync.associations import AssociationJob

            return AssociationJob.of_batch(services, actor, batch)
        case Origin.OUTLOOK_FILE:
            from crm_tui.sync.outlook.files import OutlookFileJob

            return OutlookFileJob.of_batch(services, actor, batch)
        case Origin.ZOHO_FILE:
            from crm_tui.sync.zoho.files import ZohoFileJob

            return ZohoFileJob.of_batch(services, actor, batch)
    raise Invalid(_("This isn't the import of a file. Synchronise the account again instead."))


async def run_batch(
    services: "Services", actor: Actor, batch_id: str, report: Report, job: ImportJob | None = None
) -> Batch:
    """Work on a batch of the actor in this process until all is taken in, it is cancelled, or fails.

    Args:
        report: Told how far it is between chunks; returns whether to go on.
        job: What opened it, where that is at hand; it gets what there is to say.

    Raises:
        Conflict: It is finished, or another process works on it.
        NotFound: The actor has no such batch.
        CrmError: It can't go on; the batch says why and can be gone on with.
    """
    batches = services.import_batches
    batch = await batches.start(actor, batch_id, str(this_process()), is_gone)
    try:
        done = await (job or job_of(services, actor, batch)).run(batch, report)
    except CrmError as error:
        told = _of_import(error)
        with suppress(StoreUnavailable):  # What can't be written now stands still all the same.
            await batches.fail(actor, batch_id, str(told), batch.holder)
        raise told from error.__cause__
    except Exception:
        await batches.fail(actor, batch_id, _("The program failed. Its log says more."), batch.holder)
        raise
    _log.info("import %s of %d rows is %s", batch_id, done.position, done.state)
    return done


def _of_import(error: CrmError) -> CrmError:
    """Return an error as it concerns an import: nobody typed anything, and what came before is saved."""
    if not isinstance(error, StoreUnavailable) or not error.can_repeat:
        return error
    return StoreUnavailable(
        error.message,
        _("The rows that were taken in before stay. Once that is mended, go on with the import."),
        can_repeat=True,
    )
