"""Two generations beside each other, cell by cell."""
