"""yibao: the road from raw medical-insurance exports to published, audited indicators."""

__version__ = "0.1.0"
