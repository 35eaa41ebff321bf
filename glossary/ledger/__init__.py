"""The ledger: the lock that every change takes, and the chain of events it leaves."""

from glossary.ledger.catalogue import CATALOGUE
from glossary.ledger.recording import Head, change_counter, locked

__all__ = ["CATALOGUE", "Head", "change_counter", "locked"]
