"""What was signed and sent: an append-only ledger, frozen copies, and the source by which they come back into the warehouse."""

from yibao.issuing.entries import ROLES, Issued, ReportKey, Signed, SigningRole, moment_of
from yibao.issuing.issuance import Issuer, issue
from yibao.issuing.ledger import History, history, settle, verify_copies
from yibao.issuing.made import LISTING, Listing, MadeReport, made_folder, read_listing, read_made
from yibao.issuing.note import restated_paragraph, restatement_note
from yibao.issuing.rules import State, compared_issue, state_in
from yibao.issuing.signing import sign, state_of

__all__ = [
    "LISTING",
    "ROLES",
    "History",
    "Issued",
    "Issuer",
    "Listing",
    "MadeReport",
    "ReportKey",
    "Signed",
    "SigningRole",
    "State",
    "compared_issue",
    "history",
    "issue",
    "made_folder",
    "moment_of",
    "read_listing",
    "read_made",
    "restated_paragraph",
    "restatement_note",
    "settle",
    "sign",
    "state_in",
    "state_of",
    "verify_copies",
]
