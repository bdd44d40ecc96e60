"""A report as a Word file, set as GB/T 9704-2012 asks; its figures are content controls that lead back to their origin."""

from yibao.reporting.word.document import document

__all__ = ["document"]
