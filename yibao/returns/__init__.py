"""退回清单: what goes back to those who delivered the files, as workbooks."""

from yibao.returns.listing import About, Listing, RefusedFiles, ReturnedRows, read_listing
from yibao.returns.writer import write_returns

__all__ = ["About", "Listing", "RefusedFiles", "ReturnedRows", "read_listing", "write_returns"]
