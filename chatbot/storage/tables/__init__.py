"""The service's tables, by topic; all of them together are what the migrations must make."""

from chatbot.storage.tables.chats import ChatSession, Feedback, Handoff, Turn, VaultRow
from chatbot.storage.tables.consents import Acknowledgement, AnnouncementCount, AuditEvent, NoticeEdition
from chatbot.storage.tables.decisions import Decision, LegalHold, Outgoing, SecretPrint
from chatbot.storage.tables.guardians import ChildHold, GuardianRow, Incident, TurnNote
from chatbot.storage.tables.memory import MemoryRow
from chatbot.storage.tables.subscriptions import Delivery, Mailing, SpentLink, Subscription
from chatbot.storage.tables.tokens import HandedOver, WithdrawalRow
from chatbot.storage.tables.wall import Emergency
from consent.tables import ConsentEvent, Subject

__all__ = [
    "Acknowledgement",
    "AnnouncementCount",
    "AuditEvent",
    "ChatSession",
    "ChildHold",
    "ConsentEvent",
    "Decision",
    "Delivery",
    "Emergency",
    "Feedback",
    "GuardianRow",
    "HandedOver",
    "Handoff",
    "Incident",
    "LegalHold",
    "Mailing",
    "MemoryRow",
    "NoticeEdition",
    "Outgoing",
    "SecretPrint",
    "SpentLink",
    "Subject",
    "Subscription",
    "Turn",
    "TurnNote",
    "VaultRow",
    "WithdrawalRow",
]
