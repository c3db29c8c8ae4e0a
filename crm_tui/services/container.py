"""All services of one open store."""

from dataclasses import dataclass, field

from crm_tui.clock import Clock
from crm_tui.domain.modules import ACTIVITIES, Module
from crm_tui.errors import Invalid
from crm_tui.i18n import _
from crm_tui.services.accounts import AccountService
from crm_tui.services.activities import ActivityService
from crm_tui.services.associations import AssociationService
from crm_tui.services.audit import AuditService
from crm_tui.services.bin import BinService
from crm_tui.services.board import BoardService
from crm_tui.services.bulk_actions import BulkActionService, Listing
from crm_tui.services.calendar import CalendarService
from crm_tui.services.calling_hours import CallingHours
from crm_tui.services.calls import CallService
from crm_tui.services.campaigns import CampaignService
from crm_tui.services.cases import CaseService
from crm_tui.services.contacts import ContactService
from crm_tui.services.conversion import ConversionService
from crm_tui.services.core import Core
from crm_tui.services.custom_fields import CustomFieldService
from crm_tui.services.deals import DealService
from crm_tui.services.drafts import DraftService
from crm_tui.services.duplicates import DuplicateService
from crm_tui.services.events import EventService
from crm_tui.services.exports import ExportService
from crm_tui.services.handovers import HandoverService
from crm_tui.services.imports.associations import ImportAssociationService
from crm_tui.services.imports.batches import ImportBatchService
from crm_tui.services.imports.mappings import ImportMappingService
from crm_tui.services.imports.service import ImportService
from crm_tui.services.leads import LeadService
from crm_tui.services.mail_accounts import MailAccountService
from crm_tui.services.mail_attachments import MailAttachmentService
from crm_tui.services.mail_deals import MailDealService
from crm_tui.services.mail_intake import MailIntakeService
from crm_tui.services.mail_messages import MailMessageService
from crm_tui.services.mail_outbox import MailOutboxService
from crm_tui.services.mail_records import MailRecordService
from crm_tui.services.mail_removing import MailRemovalService
from crm_tui.services.mail_sending import MailSendingService
from crm_tui.services.mail_tokens import MailTokenService
from crm_tui.services.members import MemberService
from crm_tui.services.merge import MergeService
from crm_tui.services.moves import MoveService
from crm_tui.services.notes import NoteService
from crm_tui.services.numbers import NumberService
from crm_tui.services.outlook.service import OutlookService
from crm_tui.services.overlaps import OverlapService
from crm_tui.services.picklists import PicklistService
from crm_tui.services.pops import PopService
from crm_tui.services.portal import PortalService
from crm_tui.services.queue import QueueService
from crm_tui.services.records import RecordService
from crm_tui.services.reminders import ReminderService
from crm_tui.services.report_files import ReportFileService
from crm_tui.services.reports import ReportService
from crm_tui.services.search import SearchService
from crm_tui.services.settings import SettingsService
from crm_tui.services.sync.accounts import SyncAccountService
from crm_tui.services.sync.runs import SyncRunService
from crm_tui.services.tasks import TaskService
from crm_tui.services.undo import UndoService
from crm_tui.services.users import ProfileService, UserService
from crm_tui.services.views import ViewService
from crm_tui.services.zoho import ZohoService
from crm_tui.store.changes import ChangeHub


@dataclass(slots=True)
class Services:
    """The door to the store. Made by `crm_tui.bootstrap`."""

    core: Core
    leads: LeadService
    contacts: ContactService
    accounts: AccountService
    deals: DealService
    cases: CaseService
    campaigns: CampaignService
    tasks: TaskService
    events: EventService
    notes: NoteService
    calls: CallService
    activities: ActivityService
    users: UserService
    profiles: ProfileService
    settings: SettingsService
    search: SearchService
    drafts: DraftService
    audit: AuditService
    picklists: PicklistService
    associations: AssociationService
    portal: PortalService
    members: MemberService
    custom_fields: CustomFieldService
    views: ViewService
    conversion: ConversionService
    duplicates: DuplicateService
    reports: ReportService
    mail_accounts: MailAccountService
    mail_intake: MailIntakeService
    mail_messages: MailMessageService
    mail_deals: MailDealService
    overlaps: OverlapService = field(init=False)
    calling_hours: CallingHours = field(init=False)
    calendar: CalendarService = field(init=False)
    reminders: ReminderService = field(init=False)
    merge: MergeService = field(init=False)
    pops: PopService = field(init=False)
    undo: UndoService = field(init=False)
    bin: BinService = field(init=False)
    bulk: BulkActionService = field(init=False)
    exports: ExportService = field(init=False)
    queue: QueueService = field(init=False)
    report_files: ReportFileService = field(init=False)
    board: BoardService = field(init=False)
    handovers: HandoverService = field(init=False)
    moves: MoveService = field(init=False)
    numbers: NumberService = field(init=False)
    mail_removal: MailRemovalService = field(init=False)
    mail_attachments: MailAttachmentService = field(init=False)
    mail_outbox: MailOutboxService = field(init=False)
    mail_sending: MailSendingService = field(init=False)
    mail_records: MailRecordService = field(init=False)
    mail_tokens: MailTokenService = field(init=False)
    import_batches: ImportBatchService = field(init=False)
    imports: ImportService = field(init=False)
    import_mappings: ImportMappingService = field(init=False)
    import_associations: ImportAssociationService = field(init=False)
    sync_accounts: SyncAccountService = field(init=False)
    sync_runs: SyncRunService = field(init=False)
    outlook: OutlookService = field(init=False)
    zoho: ZohoService = field(init=False)

    def __post_init__(self) -> None:
        self.queue = QueueService(self.core, self.views)
        self.overlaps = OverlapService(self.core)
        self.calling_hours = CallingHours(self.core)
        self.calendar = CalendarService(self.core)
        self.reminders = ReminderService(self.core)
        self.merge = MergeService(self.core, self.records)
        self.pops = PopService(self.core, self.calls)
        self.undo = UndoService(self.core, self.records)
        self.bin = BinService(self.core, self.records)
        self.bulk = BulkActionService(self.core, self.records, self._listing)
        self.report_files = ReportFileService(self.core)
        self.board = BoardService(self.core)
        self.exports = ExportService(self.core, self.records, self.activities)
        self.handovers = HandoverService(self.core)
        self.moves = MoveService(self.core)
        self.numbers = NumberService(self.core)
        self.mail_removal = MailRemovalService(self.core, self.mail_accounts)
        self.mail_attachments = MailAttachmentService(self.core)
        self.mail_outbox = MailOutboxService(self.core)
        self.mail_sending = MailSendingService(self.core, self.mail_intake)
        self.mail_records = MailRecordService(self.core)
        self.mail_tokens = MailTokenService(self.core, self.mail_accounts)
        self.import_batches = ImportBatchService(self.core)
        self.imports = ImportService(self.core, self.records, self.import_batches)
        self.import_mappings = ImportMappingService(self.core)
        self.import_associations = ImportAssociationService(self.core, self.import_batches)
        self.sync_accounts = SyncAccountService(self.core)
        self.sync_runs = SyncRunService(self.core)
        self.outlook = OutlookService(self.core, self.records, self.import_batches, self.sync_runs)
        self.zoho = ZohoService(self.core, self.sync_accounts, self.sync_runs)

    @classmethod
    def on(cls, core: Core) -> "Services":
        """Return all services on one core."""
        return cls(
            core,
            LeadService(core),
            ContactService(core),
            AccountService(core),
            DealService(core),
            CaseService(core),
            CampaignService(core),
            TaskService(core),
            EventService(core),
            NoteService(core),
            CallService(core),
            ActivityService(core),
            UserService(core),
            ProfileService(core),
            SettingsService(core),
            SearchService(core),
            DraftService(core),
            AuditService(core),
            PicklistService(core),
            AssociationService(core),
            PortalService(core),
            MemberService(core),
            CustomFieldService(core),
            ViewService(core),
            ConversionService(core),
            DuplicateService(core),
            ReportService(core),
            MailAccountService(core),
            MailIntakeService(core),
            MailMessageService(core),
            MailDealService(core),
        )

    @property
    def clock(self) -> Clock:
        """The source of time."""
        return self.core.clock

    @property
    def changes(self) -> ChangeHub:
        """Tells which records were changed by a commit of this process."""
        return self.core.store.changes

    def records(self, module: Module) -> RecordService:
        """Return the service of a module's records.

        Raises:
            Invalid: The module has no records of this kind.
        """
        found: dict[Module, RecordService] = {
            Module.LEAD: self.leads,
            Module.CONTACT: self.contacts,
            Module.ACCOUNT: self.accounts,
            Module.DEAL: self.deals,
            Module.CASE: self.cases,
            Module.CAMPAIGN: self.campaigns,
            Module.TASK: self.tasks,
            Module.EVENT: self.events,
            Module.NOTE: self.notes,
            Module.CALL: self.calls.records,
        }
        if module not in found:
            raise Invalid(_("There are no records of this kind."))
        return found[module]

    def _listing(self, module: Module) -> Listing:
        return self.activities if module in ACTIVITIES else self.records(module)

    async def watch(self) -> None:
        """Tell the screens of this process what others commit, from now until `close`."""
        await self.core.store.watch(self.refresh)

    async def refresh(self) -> None:
        """Read again what is kept in memory, after an administrator changed it elsewhere."""
        await self.settings.load()

    async def close(self) -> None:
        """Close the store."""
        self.drafts.end()
        await self.queue.close()
        await self.core.store.close()
