"""Stores cases, matters and the evidence in cases. Django finds the models that this file imports."""

from tongqu.systems.cases.models.blocks import CaseBlock, CaseBlocksState
from tongqu.systems.cases.models.case import Case, CaseEvidence
from tongqu.systems.cases.models.filters import FirstFilter, SavedFilter
from tongqu.systems.cases.models.hot import HotCount, HotIssue, HotMember
from tongqu.systems.cases.models.hotline import HotlineImport, HotlineMapping, HotlineOrder
from tongqu.systems.cases.models.joining import Joining
from tongqu.systems.cases.models.mail import LetterReceived, Mailbox
from tongqu.systems.cases.models.matter import Matter
from tongqu.systems.cases.models.notices import Contact, ReporterNotice, SilencedAddress
from tongqu.systems.cases.models.open311 import Open311Filing
from tongqu.systems.cases.models.open_data import OpenDataFile
from tongqu.systems.cases.models.parts import CasePart, JointVisit
from tongqu.systems.cases.models.rating import Rating
from tongqu.systems.cases.models.reading import ReaderVersion, ReadingChoice
from tongqu.systems.cases.models.reply import Reply
from tongqu.systems.cases.models.routing import RoutingEntry, RoutingList, RoutingUse
from tongqu.systems.cases.models.sensors import Sensor, SensorAlarm, SensorGateway, SensorReading
from tongqu.systems.cases.models.suspension import Suspension
from tongqu.systems.cases.models.text_block import TextBlock
from tongqu.systems.cases.models.versions import MatterVersion

__all__ = [
    "Case",
    "CaseBlock",
    "CaseBlocksState",
    "CaseEvidence",
    "CasePart",
    "Contact",
    "FirstFilter",
    "HotCount",
    "HotIssue",
    "HotMember",
    "HotlineImport",
    "HotlineMapping",
    "HotlineOrder",
    "Joining",
    "JointVisit",
    "LetterReceived",
    "Mailbox",
    "Matter",
    "MatterVersion",
    "Open311Filing",
    "OpenDataFile",
    "Rating",
    "ReaderVersion",
    "ReadingChoice",
    "Reply",
    "ReporterNotice",
    "RoutingEntry",
    "RoutingList",
    "RoutingUse",
    "SavedFilter",
    "Sensor",
    "SensorAlarm",
    "SensorGateway",
    "SensorReading",
    "SilencedAddress",
    "Suspension",
    "TextBlock",
]
