"""Partners in the staff admin: who they are, what they signed, how they stand."""

from partners.admin import agreements, documents, parties, standing

__all__ = ["agreements", "documents", "parties", "standing"]
