"""What pages are made of: cells, blocks (table, chart, exports), cards, hover texts."""
