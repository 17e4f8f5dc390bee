"""Memory: every port together."""

from dataclasses import dataclass

from messaging.memory.absence import Absences
from messaging.memory.agreements import Agreements
from messaging.memory.arriving import Files, FurtherAddresses, Mailboxes
from messaging.memory.bookings import Bookings, Slots
from messaging.memory.check_ins import CheckIns
from messaging.memory.conversations import Conversations
from messaging.memory.counting import Counting
from messaging.memory.drafts import Drafts
from messaging.memory.ending import Care, Endings, Retention
from messaging.memory.entrance import Passkeys, SecondFactors, WaysBack
from messaging.memory.exchanges import Exchanges
from messaging.memory.exporting import Exports
from messaging.memory.inbox import Days, Inboxes
from messaging.memory.integrating import Events, ServiceAccounts, Webhooks
from messaging.memory.keys import Keys
from messaging.memory.leaving import Promises
from messaging.memory.lookups import Lookups
from messaging.memory.mailbox import Mailbox
from messaging.memory.notes import ProcessNotes, ProgressNotes
from messaging.memory.people import Directory, People
from messaging.memory.person_keys import PersonKeys
from messaging.memory.pushing import Subscriptions
from messaging.memory.record import Subjects, Threads, Writer
from messaging.memory.releasing import Releases
from messaging.memory.searching import Caseloads
from messaging.memory.sending_later import PendingLetters
from messaging.memory.sessions import Sessions
from messaging.memory.sign_ins import SignIns
from messaging.memory.snippets import Snippets
from messaging.memory.trail import Exposures, Trail, TrailLines
from messaging.memory.uploads import Uploads


@dataclass(frozen=True, slots=True)
class Memory:
    """All of it, as the house hands it to the acts."""

    writer: Writer
    threads: Threads
    subjects: Subjects
    conversations: Conversations
    absences: Absences
    inboxes: Inboxes
    caseloads: Caseloads
    days: Days
    counting: Counting
    sessions: Sessions
    bookings: Bookings
    slots: Slots
    drafts: Drafts
    snippets: Snippets
    progress_notes: ProgressNotes
    process_notes: ProcessNotes
    agreements: Agreements
    exchanges: Exchanges
    pending_letters: PendingLetters
    releases: Releases
    promises: Promises
    check_ins: CheckIns
    people: People
    sign_ins: SignIns
    second_factors: SecondFactors
    ways_back: WaysBack
    passkeys: Passkeys
    directory: Directory
    mailbox: Mailbox
    mailboxes: Mailboxes
    further_addresses: FurtherAddresses
    person_keys: PersonKeys
    files: Files
    uploads: Uploads
    keys: Keys
    trail: Trail
    trail_lines: TrailLines
    exposures: Exposures
    endings: Endings
    exports: Exports
    care: Care
    retention: Retention
    lookups: Lookups
    events: Events
    webhooks: Webhooks
    service_accounts: ServiceAccounts
    subscriptions: Subscriptions
