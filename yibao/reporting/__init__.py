"""Reports: what they say (content), how they are written (word, pdf, excel), and whether they are true (check)."""
