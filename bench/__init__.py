"""How fast the road is, beside the floor (decoding alone) and a peer (pandas, four indicators)."""
